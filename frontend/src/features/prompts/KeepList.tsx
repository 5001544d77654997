import { type FormEvent, useRef, useState } from "react";
import { useWords } from "../../i18n/language";
import { saveBlob } from "../share/copy";
import { type ListRow, LONGEST_NAME, readFile, tidyName, writeFile } from "./list-format";
import { useOwnLists } from "./own-lists";

/** Larger files are not lists. */
const MOST_BYTES = 2_000_000;

/** Keeps the rows on the page as a list, and takes lists along in a file. */
export function KeepList(props: { present: readonly ListRow[]; onKept: (name: string) => void }) {
  const { present, onKept } = props;
  const words = useWords().prompts.lists;
  const [name, setName] = useState("");
  const lists = useOwnLists((state) => state.lists);
  const { keep, take, say } = useOwnLists.getState();
  const picker = useRef<HTMLInputElement>(null);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    onKept(keep({ name: tidyName(name), rows: [...present] }));
    setName("");
  };
  const read = async (file: File) => {
    try {
      if (file.size > MOST_BYTES) throw new Error(words.fileTooLarge);
      onKept(take(readFile(await file.text())));
    } catch (error) {
      say(error instanceof Error ? error.message : words.fileUnread);
    }
  };
  return (
    <div className="lists-keep">
      {present.length > 0 && (
        <form onSubmit={submit}>
          <input
            className="field"
            aria-label={words.nameForRows}
            placeholder={words.nameFor(present.length)}
            maxLength={LONGEST_NAME}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <button type="submit" className="btn" disabled={tidyName(name) === ""}>
            {words.keepRows}
          </button>
        </form>
      )}
      <span className="grow" />
      <button type="button" className="btn" onClick={() => picker.current?.click()}>
        {words.openFile}
      </button>
      <input
        ref={picker}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label={words.file}
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          if (file) void read(file);
          event.target.value = "";
        }}
      />
      {lists.length > 1 && (
        <button
          type="button"
          className="btn"
          onClick={() =>
            saveBlob(
              new Blob([writeFile(lists)], { type: "application/json" }),
              `${words.fileName}.sonotag.json`,
            )
          }
        >
          {words.saveAll}
        </button>
      )}
    </div>
  );
}
