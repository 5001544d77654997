import { useSyncExternalStore } from "react";
import { openHome } from "../../app/route";
import { useWords } from "../../i18n/language";
import { Icon } from "../../ui/Icon";
import { useSource } from "../source/source-store";
import { listOf } from "./list-link";
import { useOwnLists, useSaid } from "./own-lists";

function subscribe(onChange: () => void): () => void {
  addEventListener("hashchange", onChange);
  return () => removeEventListener("hashchange", onChange);
}

/** A list that came with the address: it can be looked for, kept, or left. */
export function SharedList() {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  const said = useSaid();
  const { common, prompts } = useWords();
  if (!hash.startsWith("#/l")) return null;
  const list = listOf(hash);
  if (!list) {
    return (
      <p className="shared-list" role="alert">
        <Icon name="alert" size={16} />
        <span className="grow">{prompts.lists.sharedUnread}</span>
        <button type="button" className="btn btn-small" onClick={openHome}>
          {common.close}
        </button>
      </p>
    );
  }
  const words = list.rows.map((row) => row.prompt);
  return (
    <section className="shared-list" aria-label={prompts.lists.shared}>
      <div className="grow">
        <h2>{list.name}</h2>
        <p title={words.join("; ")}>{`${prompts.lists.count(words.length)}: ${words.join(", ")}`}</p>
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
        {prompts.lists.lookForShared(words.length)}
      </button>
      <button type="button" className="btn" onClick={() => useOwnLists.getState().keep(list)}>
        {prompts.lists.keepShared}
      </button>
      <button type="button" className="icon-btn" aria-label={prompts.lists.closeShared} onClick={openHome}>
        <Icon name="close" size={16} />
      </button>
    </section>
  );
}
