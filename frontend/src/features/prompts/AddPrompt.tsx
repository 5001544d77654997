import { type FormEvent, useState } from "react";
import { Icon } from "../../ui/Icon";
import { useSession, useWorkspace } from "../session/context";
import { addPrompts, splitPrompts } from "./split";

export const ADD_PROMPT_ID = "add-prompt";

/** The dashed box under the rows: type, Enter, and the row is there. */
export function AddPrompt() {
  const { session } = useWorkspace();
  const [text, setText] = useState("");
  const empty = useSession((state) => state.prompts.length === 0);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const added = splitPrompts(text);
    setText("");
    const { prompts } = session.store.getState();
    const next = addPrompts(prompts, added);
    if (next.length !== prompts.length) session.setPrompts(next);
  };
  return (
    <form className="add-prompt" onSubmit={submit}>
      <Icon name="plus" size={16} />
      <input
        id={ADD_PROMPT_ID}
        className="add-prompt-field"
        aria-label="Add a sound to look for"
        placeholder={empty ? "Type a sound to look for" : "Add a sound to look for"}
        autoComplete="off"
        enterKeyHint="done"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
    </form>
  );
}
