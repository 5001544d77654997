import { useId } from "react";
import { Icon } from "../../ui/Icon";

/** In place of what needs the server, while it does not answer: why, what helps, and that nothing is lost. */
export function AwayPanel({ offline, onRetry }: { offline: boolean; onRetry: () => void }) {
  const id = useId();
  return (
    <section className="away" aria-labelledby={id}>
      <Icon name="away" size={28} />
      <div role="status">
        <h2 id={id}>{offline ? "You are offline" : "The server is not answering"}</h2>
      </div>
      <p>
        {offline
          ? "This page is kept in your browser, so it opened all the same. Recordings need the connection."
          : "This page is kept in your browser, so it opened all the same. Recordings are on the server."}{" "}
        It is asked again all the time, and the page goes on by itself.
      </p>
      {!offline && (
        <ul>
          <li>
            If the server is yours, start it again: <code>make run</code>, or your container. Its log says why
            it stopped.
          </li>
          <li>If it is somebody else's, they may be updating it. Come back in a few minutes.</li>
        </ul>
      )}
      <button type="button" className="btn btn-go" onClick={onRetry}>
        Try now
      </button>
    </section>
  );
}
