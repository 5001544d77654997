import { useEffect, useRef } from "react";
import type { PromptInfo } from "../../api/types";
import { useWords, words } from "../../i18n/language";
import type { Candidate, Origin } from "./suggest";

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
  const { prompts } = useWords();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  // While the words still lead somewhere, they need not mean anything yet.
  const said = props.open && found.length === 0 && info && !info.covered ? unknownWords(info) : "";
  return (
    <div className="suggest" hidden={!shown && said === ""}>
      <div
        ref={list}
        id={id}
        role="listbox"
        aria-label={prompts.suggestions}
        className="suggest-list"
        tabIndex={-1}
      >
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
              <span className="suggest-text" lang={isEnglish(candidate.origin) ? "en" : undefined}>
                {candidate.text}
              </span>
              <span className="suggest-note">{noteOf(candidate)}</span>
            </div>
          ))}
      </div>
      <p className="suggest-said" role="status">
        {said}
      </p>
    </div>
  );
}

/** The model's own words and those of the lists that come with the server; the rest is as the reader wrote it. */
function isEnglish(origin: Origin): boolean {
  return origin === "model" || origin === "list";
}

function noteOf({ origin, covered }: Candidate): string {
  const { prompts } = words();
  const from = origin === "recent" ? prompts.usedBefore : origin === "own" ? prompts.inYourList : "";
  const known = covered === null ? "" : covered ? prompts.known : prompts.notKnown;
  return [from, known].filter((part) => part !== "").join(", ");
}

function unknownWords({ prompt, nearest }: PromptInfo): string {
  const { prompts } = words();
  const near = nearest.length > 0 ? ` ${prompts.nearest(nearest.join(", "))}` : "";
  return `${prompts.modelDoesNotKnow(prompt)}${near}`;
}
