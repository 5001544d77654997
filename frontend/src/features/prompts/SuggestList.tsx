import { useEffect, useRef } from "react";
import type { PromptInfo } from "../../api/types";
import type { Candidate, Origin } from "./suggest";

const ORIGINS: Record<Origin, string> = {
  recent: "used before",
  own: "in a list of yours",
  model: "",
  list: "",
};

/** The suggestions under (or over) a field, and what the model makes of the words in it. */
export function SuggestList(props: {
  id: string;
  open: boolean;
  shown: boolean;
  active: number;
  found: readonly Candidate[];
  /** Of the words as they are typed. */
  info: PromptInfo | null;
  onChoose: (index: number) => void;
}) {
  const { id, shown, active, found, info } = props;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  // While the words still lead somewhere, they need not mean anything yet.
  const words = props.open && found.length === 0 && info && !info.covered ? unknownWords(info) : "";
  return (
    <div className="suggest" hidden={!shown && words === ""}>
      <div ref={list} id={id} role="listbox" aria-label="Suggestions" className="suggest-list" tabIndex={-1}>
        {shown &&
          found.map((candidate, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
            <div
              key={candidate.text}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              className="suggest-item"
              data-covered={candidate.covered ?? undefined}
              // The field keeps the focus, and a phone its keyboard.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => props.onChoose(index)}
            >
              <span className="suggest-text">{candidate.text}</span>
              <span className="suggest-note">{noteOf(candidate)}</span>
            </div>
          ))}
      </div>
      <p className="suggest-said" role="status">
        {words}
      </p>
    </div>
  );
}

function noteOf({ origin, covered }: Candidate): string {
  const known = covered === null ? "" : covered ? "known" : "not known";
  return [ORIGINS[origin], known].filter((words) => words !== "").join(", ");
}

function unknownWords({ prompt, nearest }: PromptInfo): string {
  const near = nearest.length > 0 ? ` Nearest: ${nearest.join(", ")}.` : "";
  return `This model does not know “${prompt}”.${near}`;
}
