import { type KeyboardEvent, useId, useRef, useState } from "react";
import { useWords } from "../../i18n/language";
import { Icon } from "../../ui/Icon";
import { useCoverage } from "./catalogue";
import { rememberPrompts } from "./history";
import { RowWords } from "./RowWords";
import { SuggestList } from "./SuggestList";
import { addPrompts, splitPrompts } from "./split";
import { lastPart } from "./suggest";
import { useCombobox } from "./use-combobox";
import { useSuggestions } from "./use-suggestions";

/** A box of chips and the field they come from. A semicolon or Enter makes a chip; a comma is part of the words. */
export function PromptChips(props: {
  prompts: readonly string[];
  onChange: (prompts: string[]) => void;
  placeholder: string;
}) {
  const { prompts, onChange } = props;
  const { prompts: words } = useWords();
  const [text, setText] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const id = useId();

  const found = useSuggestions(text, prompts, "auto");
  const { before, part } = lastPart(text);
  const info = useCoverage(part.trim(), "auto");

  const add = (typed: string) => {
    const next = addPrompts(prompts, splitPrompts(typed));
    rememberPrompts(next.slice(prompts.length));
    if (next.length > prompts.length) onChange(next);
  };
  const type = (value: string) => {
    const parts = value.split(/[;\n]/);
    const rest = parts.pop() ?? "";
    if (parts.length > 0) add(parts.join(";"));
    setText(parts.length > 0 ? rest.trimStart() : rest);
    box.typed(rest);
  };
  const commit = () => {
    if (text.trim() !== "") add(text);
    setText("");
    box.close();
  };
  const choose = (index: number) => {
    const joins = before.trim() !== "";
    const whole = joins ? `${before.trimEnd()} ${found[index].text}` : found[index].text;
    if (!joins) add(whole);
    setText(joins ? whole : "");
    box.close();
  };
  const box = useCombobox(found.length, choose);
  const onKeyDown = (event: KeyboardEvent) => {
    if (box.onKeyDown(event)) return;
    if (event.key === "Enter") {
      event.preventDefault();
      commit();
    } else if (event.key === "Backspace" && text === "" && prompts.length > 0) {
      const last = prompts[prompts.length - 1];
      onChange(prompts.slice(0, -1));
      setText(last);
      event.preventDefault();
    }
  };

  return (
    <div className="chip-box">
      <label className="visually-hidden" htmlFor={id}>
        {words.soundsToLookFor}
      </label>
      {prompts.length > 0 && (
        <ul className="chip-list" aria-label={words.title}>
          {prompts.map((prompt) => (
            <li key={prompt} className="chip chip-held">
              <span>
                <RowWords prompt={prompt} />
              </span>
              <button
                type="button"
                aria-label={words.remove(prompt)}
                onClick={() => {
                  onChange(prompts.filter((other) => other !== prompt));
                  field.current?.focus();
                }}
              >
                <Icon name="close" size={13} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <input
        id={id}
        ref={field}
        className="chip-field"
        value={text}
        placeholder={prompts.length === 0 ? props.placeholder : words.another}
        autoComplete="off"
        enterKeyHint="done"
        {...box.fieldProps}
        onChange={(event) => type(event.target.value)}
        onKeyDown={onKeyDown}
        onPaste={(event) => {
          // A text field turns pasted line breaks into spaces; here each line is a prompt of its own.
          const pasted = event.clipboardData.getData("text");
          if (!pasted.includes("\n")) return;
          event.preventDefault();
          type(`${text}${pasted}\n`);
        }}
        onBlur={commit}
      />
      <SuggestList {...box} found={found} info={info} onChoose={choose} />
    </div>
  );
}
