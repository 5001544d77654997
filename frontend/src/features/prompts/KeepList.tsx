import { type FormEvent, useRef, useState } from "react";
import { saveBlob } from "../share/copy";
import { type ListRow, LONGEST_NAME, readFile, tidyName, writeFile } from "./list-format";
import { useOwnLists } from "./own-lists";

/** Larger files are not lists. */
const MOST_BYTES = 2_000_000;

/** Keeps the rows on the page as a list, and takes lists along in a file. */
export function KeepList(props: { present: readonly ListRow[]; onKept: (name: string) => void }) {
  const { present, onKept } = props;
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
      if (file.size > MOST_BYTES) throw new Error("That file is too large for a list.");
      onKept(take(readFile(await file.text())));
    } catch (error) {
      say(error instanceof Error ? error.message : "That file cannot be read.");
    }
  };
  return (
    <div className="lists-keep">
      {present.length > 0 && (
        <form onSubmit={submit}>
          <input
            className="field"
            aria-label="Name for a list of the present rows"
            placeholder={present.length === 1 ? "Name for this row" : `Name for these ${present.length} rows`}
            maxLength={LONGEST_NAME}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <button type="submit" className="btn" disabled={tidyName(name) === ""}>
            Keep as a list
          </button>
        </form>
      )}
      <span className="grow" />
      <button type="button" className="btn" onClick={() => picker.current?.click()}>
        Open a file
      </button>
      <input
        ref={picker}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label="File of lists"
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
            saveBlob(new Blob([writeFile(lists)], { type: "application/json" }), "Lists.sonotag.json")
          }
        >
          Save all
        </button>
      )}
    </div>
  );
}
