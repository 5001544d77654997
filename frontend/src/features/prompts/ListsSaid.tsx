import { useEffect } from "react";
import { useWords } from "../../i18n/language";
import { useOwnLists, useSaid } from "./own-lists";

/** What was just done to a list, and the way back from a deletion. */
export function ListsSaid() {
  const { lists } = useWords().prompts;
  const said = useSaid();
  const deleted = useOwnLists((state) => state.deleted);
  useEffect(() => () => useOwnLists.getState().say(""), []);
  return (
    <div className="lists-said">
      <p role="status">{said}</p>
      {deleted && (
        <button type="button" className="btn btn-small" onClick={() => useOwnLists.getState().undoRemove()}>
          {lists.undo}
        </button>
      )}
    </div>
  );
}
