import { useWords } from "../../i18n/language";
import { useSession } from "../session/context";
import { MORE_THAN, OR } from "./wordings";

/** What the model makes of each wording of a row, and the two signs that join wordings, for those who cannot type them. */
export function RowWordings(props: { prompt: string; onSign: (sign: string) => void }) {
  const { prompts } = useWords();
  const wordings = useSession((state) => state.infos[props.prompt]?.wordings);
  return (
    <div className="row-wordings">
      {wordings && wordings.length > 0 && (
        <ul aria-label={prompts.wordingsOf(props.prompt)}>
          {wordings.map(({ words, against, covered, matched }) => (
            <li key={`${against} ${words}`} data-covered={covered}>
              <span>{against ? prompts.less(words) : words}</span>
              <span>
                {covered
                  ? matched === null || matched === words
                    ? prompts.known
                    : prompts.wordingHeardAs(matched)
                  : prompts.notKnown}
              </span>
            </li>
          ))}
        </ul>
      )}
      <div className="row-signs">
        <button
          type="button"
          className="btn btn-small"
          aria-label={prompts.or}
          onClick={() => props.onSign(OR)}
        >
          {prompts.or} <kbd>{OR}</kbd>
        </button>
        <button
          type="button"
          className="btn btn-small"
          aria-label={prompts.moreThan}
          onClick={() => props.onSign(MORE_THAN)}
        >
          {prompts.moreThan} <kbd>{MORE_THAN}</kbd>
        </button>
      </div>
    </div>
  );
}
