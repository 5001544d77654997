const HEIGHT = 26;

/** How often a score came, in equal bins from 0 to 1, against the threshold. Heights are logarithmic: one hot frame shows. */
export function ScoreHistogram({ bins, threshold }: { bins: readonly number[]; threshold: number }) {
  const most = Math.log1p(Math.max(1, ...bins));
  return (
    <svg
      className="histogram"
      viewBox={`0 0 ${bins.length} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {bins.map((count, bin) => {
        const height = count === 0 ? 0 : Math.max(1.5, (Math.log1p(count) / most) * HEIGHT);
        const above = (bin + 0.5) / bins.length >= threshold;
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its place
            key={bin}
            className={above ? "histogram-above" : undefined}
            x={bin + 0.08}
            y={HEIGHT - height}
            width={0.84}
            height={height}
          />
        );
      })}
      <line x1={threshold * bins.length} x2={threshold * bins.length} y1={0} y2={HEIGHT} />
    </svg>
  );
}
