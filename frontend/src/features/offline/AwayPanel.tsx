import { useId } from "react";
import { Filled } from "../../i18n/Filled";
import { useWords } from "../../i18n/language";
import { Icon } from "../../ui/Icon";

const START = "make run";

/** In place of what needs the server, while it does not answer: why, what helps, and that nothing is lost. */
export function AwayPanel({ offline, onRetry }: { offline: boolean; onRetry: () => void }) {
  const texts = useWords().offline;
  const id = useId();
  return (
    <section className="away" aria-labelledby={id}>
      <Icon name="away" size={28} />
      <div role="status">
        <h2 id={id}>{offline ? texts.youAreOffline : texts.serverAway}</h2>
      </div>
      <p>
        {offline ? texts.keptOffline : texts.keptAway} {texts.askedAgain}
      </p>
      {!offline && (
        <ul>
          <li>
            <Filled text={texts.yours} parts={{ command: <code>{START}</code> }} />
          </li>
          <li>{texts.notYours}</li>
        </ul>
      )}
      <button type="button" className="btn btn-go" onClick={onRetry}>
        {texts.tryNow}
      </button>
    </section>
  );
}
