import type { CSSProperties } from "react";
import { useId } from "react";
import { useWords } from "../../i18n/language";
import { useSession, useWorkspace } from "../session/context";
import { ROW_COLOURS, rowColour } from "./row-colours";

/** The choice of a colour for one row: its mark, and the lines of its moments in the map. */
export function RowColours({ prompt }: { prompt: string }) {
  const { prompts: words } = useWords();
  const { session } = useWorkspace();
  const chosen = useSession((state) => state.rows[prompt]?.colour);
  const name = useId();
  const choices = [{ value: undefined as number | undefined, title: words.colourAsAll }].concat(
    ROW_COLOURS.map((name, index) => ({ value: index + 1, title: words.colours[name] })),
  );
  return (
    <fieldset className="row-colours" aria-label={words.colourOf(prompt)}>
      {choices.map(({ value, title }) => (
        <label
          key={title}
          className="row-colour"
          title={title}
          style={{ "--mark": rowColour(value) ?? "var(--accent)" } as CSSProperties}
        >
          <input
            type="radio"
            name={name}
            checked={chosen === value}
            aria-label={title}
            onChange={() => session.setRow(prompt, { colour: value })}
          />
          <i data-shared={value === undefined || undefined} />
        </label>
      ))}
    </fieldset>
  );
}
