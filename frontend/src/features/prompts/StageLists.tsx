import { useWords } from "../../i18n/language";
import { useSession, useWorkspace } from "../session/context";
import { modelFor } from "./catalogue";
import { ListsDialog } from "./ListsDialog";
import { rowsOf, withList } from "./list-rows";
import { useListsDialog } from "./lists-dialog";

/** The way to the lists, under the rows. */
export function StageLists() {
  const { lists } = useWords().prompts;
  const { session } = useWorkspace();
  const prompts = useSession((state) => state.prompts);
  const rows = useSession((state) => state.rows);
  const model = useSession((state) => modelFor(state.recording));
  return (
    <>
      <button type="button" className="btn stage-lists" onClick={() => useListsDialog.getState().show()}>
        {lists.short}
      </button>
      <ListsDialog
        model={model}
        present={rowsOf({ prompts, rows })}
        onUse={(list, how) => session.putRows(withList(session.store.getState(), list, how))}
      />
    </>
  );
}

/** One calm line instead of a warning in each row. */
export function UnknownRows() {
  const { prompts: words } = useWords();
  const { session } = useWorkspace();
  const total = useSession((state) => state.prompts.length);
  const unknown = useSession(
    (state) => state.prompts.filter((p) => state.infos[p]?.covered === false).length,
  );
  if (unknown < 2) return null;
  const remove = () => {
    const { prompts, infos } = session.store.getState();
    session.setPrompts(prompts.filter((prompt) => infos[prompt]?.covered !== false));
  };
  return (
    <p className="unknown-rows">
      {words.rowsKnown(total - unknown, total)}
      <button type="button" className="btn btn-small" onClick={remove}>
        {words.removeOthers(unknown)}
      </button>
    </p>
  );
}
