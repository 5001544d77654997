import { useWords } from "../i18n/language";

/** Says that the stream is broken, and when it is tried again. */
export function ConnectionLine(props: { offline: boolean; seconds: number; onRetry: () => void }) {
  const { offline, seconds, onRetry } = props;
  const { app } = useWords();
  const trying = seconds > 0 ? app.reconnectingIn(seconds) : app.reconnecting;
  return (
    <div className="connection-note num" role="status">
      <span className="dot dot-busy" aria-hidden="true" />
      <span>{offline ? app.offline : trying}</span>
      <button type="button" className="btn btn-small" onClick={onRetry}>
        {app.tryNow}
      </button>
    </div>
  );
}
