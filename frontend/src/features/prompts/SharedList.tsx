import { useSyncExternalStore } from "react";
import { openHome } from "../../app/route";
import { plural } from "../../lib/format";
import { Icon } from "../../ui/Icon";
import { useSource } from "../source/source-store";
import { listOf } from "./list-link";
import { useOwnLists } from "./own-lists";

function subscribe(onChange: () => void): () => void {
  addEventListener("hashchange", onChange);
  return () => removeEventListener("hashchange", onChange);
}

/** A list that came with the address: it can be looked for, kept, or left. */
export function SharedList() {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  const said = useOwnLists((state) => state.said);
  if (!hash.startsWith("#/l")) return null;
  const list = listOf(hash);
  if (!list) {
    return (
      <p className="shared-list" role="alert">
        <Icon name="alert" size={16} />
        <span className="grow">The list in this link cannot be read. Ask for it anew.</span>
        <button type="button" className="btn btn-small" onClick={openHome}>
          Close
        </button>
      </p>
    );
  }
  const words = list.rows.map((row) => row.prompt);
  return (
    <section className="shared-list" aria-label="A list for you">
      <div className="grow">
        <h2>{list.name}</h2>
        <p title={words.join("; ")}>
          {plural(words.length, "sound", "sounds")}: {words.join(", ")}
        </p>
        <p role="status">{said}</p>
      </div>
      <button
        type="button"
        className="btn btn-go"
        onClick={() => {
          useSource.getState().setPrompts(words);
          openHome();
        }}
      >
        Look for {words.length === 1 ? "it" : "these"}
      </button>
      <button type="button" className="btn" onClick={() => useOwnLists.getState().keep(list)}>
        Keep the list
      </button>
      <button type="button" className="icon-btn" aria-label="Close the list" onClick={openHome}>
        <Icon name="close" size={16} />
      </button>
    </section>
  );
}
