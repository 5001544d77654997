import { useSession } from "../session/context";
import { MORE_THAN, OR } from "./wordings";

/** What the model makes of each wording of a row, and the two signs that join wordings, for those who cannot type them. */
export function RowWordings(props: { prompt: string; onSign: (sign: string) => void }) {
  const wordings = useSession((state) => state.infos[props.prompt]?.wordings);
  return (
    <div className="row-wordings">
      {wordings && wordings.length > 0 && (
        <ul aria-label={`Wordings of ${props.prompt}`}>
          {wordings.map(({ words, against, covered, matched }) => (
            <li key={`${against} ${words}`} data-covered={covered}>
              <span>
                {against ? "less " : ""}
                {words}
              </span>
              <span>{covered ? (matched === words ? "known" : `heard as ${matched}`) : "not known"}</span>
            </li>
          ))}
        </ul>
      )}
      <div className="row-signs">
        <button type="button" className="btn btn-small" aria-label="Or" onClick={() => props.onSign(OR)}>
          Or <kbd>{OR}</kbd>
        </button>
        <button
          type="button"
          className="btn btn-small"
          aria-label="More than"
          onClick={() => props.onSign(MORE_THAN)}
        >
          More than <kbd>{MORE_THAN}</kbd>
        </button>
      </div>
    </div>
  );
}
