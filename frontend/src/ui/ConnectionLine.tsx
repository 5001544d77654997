/** Says that the stream is broken, and when it is tried again. */
export function ConnectionLine(props: { offline: boolean; seconds: number; onRetry: () => void }) {
  const { offline, seconds, onRetry } = props;
  const when = seconds > 0 ? `trying again in ${seconds} s` : "trying again";
  return (
    <div className="connection-note num" role="status">
      <span className="dot dot-busy" aria-hidden="true" />
      <span>
        {offline ? "You are offline. What is on the page stays." : `Reconnecting to the server, ${when}.`}
      </span>
      <button type="button" className="btn btn-small" onClick={onRetry}>
        Try now
      </button>
    </div>
  );
}
