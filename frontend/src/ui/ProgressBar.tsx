/** A thin bar; without a known share it only says that work goes on. */
export function ProgressBar(props: { share: number | null; label: string }) {
  const { share, label } = props;
  const percent = share === null ? undefined : Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div
      className={`bar${share === null ? " bar-unknown" : ""}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
    >
      <i style={{ width: `${percent ?? 100}%` }} />
    </div>
  );
}
