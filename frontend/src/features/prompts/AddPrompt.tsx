import { type FormEvent, useEffect, useRef, useState } from "react";
import { useWords } from "../../i18n/language";
import { Icon } from "../../ui/Icon";
import { useSession, useWorkspace } from "../session/context";
import { modelFor, useCoverage } from "./catalogue";
import { rememberPrompts } from "./history";
import { RescoredNote } from "./RescoredNote";
import { StageLists, UnknownRows } from "./StageLists";
import { SuggestList } from "./SuggestList";
import { addPrompts, splitPrompts } from "./split";
import { lastPart } from "./suggest";
import { useCombobox } from "./use-combobox";
import { useSuggestions } from "./use-suggestions";

export const ADD_PROMPT_ID = "add-prompt";

/** The dashed box under the rows: type, Enter, and the row is there. */
export function AddPrompt() {
  const { prompts: words } = useWords();
  const { session } = useWorkspace();
  const [text, setText] = useState("");
  const [said, setSaid] = useState("");
  const prompts = useSession((state) => state.prompts);
  const model = useSession((state) => modelFor(state.recording));
  const { before, part } = lastPart(text);
  const found = useSuggestions(text, prompts, model);
  const info = useCoverage(part.trim(), model);

  const grown = useRef(false);
  // The new row, at the end of a long list, comes into sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after every change of the rows
  useEffect(() => {
    if (grown.current) document.querySelector(".labels li:last-child")?.scrollIntoView({ block: "nearest" });
    grown.current = false;
  }, [prompts]);

  const add = (typed: string) => {
    const added = splitPrompts(typed);
    setText("");
    box.close();
    const { prompts: present } = session.store.getState();
    const next = addPrompts(present, added);
    if (next.length === present.length) return;
    session.setPrompts(next);
    grown.current = true;
    rememberPrompts(next.slice(present.length));
    setSaid(words.added(next.slice(present.length).join(", ")));
  };
  const choose = (index: number) => {
    const joins = /[|>]\s*$/.test(before);
    const whole = `${before}${before === "" || before.endsWith(" ") ? "" : " "}${found[index].text}`;
    if (!joins) {
      add(whole);
      return;
    }
    // A wording of a group: there may be more of it to come.
    setText(whole);
    box.close();
  };
  const box = useCombobox(found.length, choose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add(text);
  };
  return (
    <div className="stage-add">
      <form className="add-prompt" onSubmit={submit}>
        <Icon name="plus" size={16} />
        <input
          id={ADD_PROMPT_ID}
          className="add-prompt-field"
          aria-label={words.add}
          placeholder={prompts.length === 0 ? words.addFirst : words.add}
          autoComplete="off"
          enterKeyHint="done"
          {...box.fieldProps}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            box.typed(event.target.value);
          }}
          onPaste={(event) => {
            // A text field turns pasted line breaks into spaces; here each line is a prompt of its own.
            const pasted = event.clipboardData.getData("text");
            if (!pasted.includes("\n")) return;
            event.preventDefault();
            setText(`${text}${splitPrompts(pasted).join("; ")}`);
          }}
          onKeyDown={(event) => {
            if (!box.onKeyDown(event) && event.key === "Escape") event.currentTarget.blur();
          }}
          onBlur={box.close}
        />
        <SuggestList {...box} found={found} info={info} onChoose={choose} />
        <p className="visually-hidden" role="status">
          {said}
        </p>
      </form>
      <StageLists />
      <RescoredNote />
      <UnknownRows />
    </div>
  );
}
