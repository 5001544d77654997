import { type FormEvent, useState } from "react";
import { useWords } from "../../i18n/language";
import { Icon } from "../../ui/Icon";
import { copyText, saveBlob } from "../share/copy";
import { LONGEST_NAME, type OwnList, writeFile } from "./list-format";
import { listHash } from "./list-link";
import { useOwnLists } from "./own-lists";

/** What can be done with a list of the reader's own, beside using it. */
export function OwnListTools(props: { list: OwnList; onRenamed: (name: string) => void }) {
  const { list, onRenamed } = props;
  const words = useWords().prompts.lists;
  const { rename, remove, say } = useOwnLists.getState();
  const [name, setName] = useState<string | null>(null);
  const copy = async () => {
    const copied = await copyText(new URL(listHash(list), location.href).href);
    say(copied ? words.linkCopied : words.copyRefused);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setName(null);
    if (name !== null) onRenamed(rename(list.name, name));
  };
  if (name !== null) {
    return (
      <form className="lists-rename" onSubmit={submit}>
        <input
          // biome-ignore lint/a11y/noAutofocus: the field appears because Rename was pressed
          autoFocus
          className="field"
          aria-label={words.newName(list.name)}
          maxLength={LONGEST_NAME}
          value={name}
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.preventDefault();
            setName(null);
          }}
        />
        <button type="submit" className="btn" disabled={name.trim() === ""}>
          {words.rename}
        </button>
      </form>
    );
  }
  return (
    <div className="lists-tools">
      <button type="button" className="btn" onClick={() => void copy()}>
        {words.copyLink}
      </button>
      <button
        type="button"
        className="btn"
        onClick={() => {
          saveBlob(new Blob([writeFile([list])], { type: "application/json" }), `${list.name}.sonotag.json`);
          say(words.saved(list.name));
        }}
      >
        {words.saveFile}
      </button>
      <button type="button" className="btn" onClick={() => setName(list.name)}>
        {words.rename}
      </button>
      <button
        type="button"
        className="btn btn-icon"
        aria-label={words.delete(list.name)}
        onClick={() => remove(list.name)}
      >
        <Icon name="trash" size={16} />
      </button>
    </div>
  );
}
