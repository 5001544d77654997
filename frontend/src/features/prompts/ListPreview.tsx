import { type ReactNode, useId, useState } from "react";
import type { ModelChoice } from "../../api/client";
import { useWords } from "../../i18n/language";
import { useKnown } from "./catalogue";
import type { ListRow } from "./list-format";
import { RowWords } from "./RowWords";
import { rowColour } from "./row-colours";

/** The words of a list, how many the model knows, and what can be done with them. */
export function ListPreview(props: {
  title: string;
  /** The language of the sounds, where it is known. */
  lang?: string;
  rows: readonly ListRow[];
  model: ModelChoice;
  /** Whether there is anything to add to. */
  canAdd: boolean;
  onUse: (rows: ListRow[], how: "add" | "replace") => void;
  children?: ReactNode;
}) {
  const { title, rows, model, canAdd, onUse } = props;
  const words = useWords().prompts.lists;
  const [leaveOut, setLeaveOut] = useState(true);
  const id = useId();
  const known = useKnown(
    rows.map((row) => row.prompt),
    model,
  );
  const isUnknown = (row: ListRow) => known.get(row.prompt) === false;
  const unknown = rows.filter(isUnknown).length;
  const used = leaveOut && unknown < rows.length ? rows.filter((row) => !isUnknown(row)) : [...rows];
  return (
    <section className="lists-shown" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      <p className="lists-known">
        {unknown === 0 ? words.count(rows.length) : words.someKnown(rows.length - unknown, rows.length)}
        {unknown > 0 && (
          <label className="accept">
            <input
              type="checkbox"
              checked={leaveOut}
              onChange={(event) => setLeaveOut(event.target.checked)}
            />
            {words.leaveOut}
          </label>
        )}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="lists-words" aria-label={words.soundsIn(title)} tabIndex={0}>
        <ul>
          {rows.map((row) => (
            <li key={row.prompt} className="chip" data-covered={known.get(row.prompt)}>
              {row.colour !== undefined && <i style={{ background: rowColour(row.colour) }} />}
              <span lang={props.lang}>
                <RowWords prompt={row.prompt} />
              </span>
              {isUnknown(row) && <span className="visually-hidden">{`, ${words.notKnown}`}</span>}
            </li>
          ))}
        </ul>
      </section>
      <div className="lists-use">
        {canAdd && (
          <button type="button" className="btn btn-go" onClick={() => onUse(used, "add")}>
            {words.add(used.length)}
          </button>
        )}
        <button
          type="button"
          className={canAdd ? "btn" : "btn btn-go"}
          onClick={() => onUse(used, "replace")}
        >
          {canAdd ? words.replace : words.lookFor(used.length)}
        </button>
        {props.children}
      </div>
    </section>
  );
}
