import { useWords } from "../../i18n/language";
import { Icon } from "../../ui/Icon";
import { Menu } from "../../ui/Menu";
import { useSession, useWorkspace } from "../session/context";
import type { RecordingSession } from "../session/session";
import { type SortKey, sortedRows } from "./row-order";

export const SORTS: readonly SortKey[] = ["peak", "mean", "first"];

/** Puts the rows in order once; they stay where they are put until the reader moves them. */
export function sortRows(session: RecordingSession, by: SortKey): void {
  const { prompts, detections, threshold } = session.store.getState();
  const factsOf = (prompt: string) => ({
    peak: session.matrix.peakOf(prompt),
    mean: session.matrix.statistics(prompt, 0, session.matrix.heardUntilS, threshold)?.mean ?? Number.NaN,
    firstS: detections.find((moment) => moment.prompt === prompt)?.onset_s ?? Number.POSITIVE_INFINITY,
  });
  session.setPrompts(sortedRows(prompts, factsOf, by));
}

export function SortMenu() {
  const { prompts } = useWords();
  const { session } = useWorkspace();
  const count = useSession((state) => state.prompts.length);
  return (
    <Menu
      className="sort-button"
      disabled={count < 2}
      label={
        <>
          <span>{prompts.title}</span>
          <Icon name="sort" size={14} />
          <span className="num">{count}</span>
          <span className="visually-hidden">{`, ${prompts.sort}`}</span>
        </>
      }
    >
      {(close) =>
        SORTS.map((by) => (
          <button
            key={by}
            type="button"
            className="menu-item"
            onClick={() => {
              sortRows(session, by);
              close();
            }}
          >
            {prompts.sorts[by].title} <span>{prompts.sorts[by].note}</span>
          </button>
        ))
      }
    </Menu>
  );
}
