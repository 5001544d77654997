import { useWords } from "../../i18n/language";
import { useView, useWorkspace } from "../session/context";
import { useChapters } from "../session/use-chapters";
import { timeToX } from "./geometry";
import { Lane } from "./Lane";

/** Narrower than this a title says nothing. */
const NARROWEST_TITLE = 3;

/**
 * The chapters on the time axis, each beginning with a tick. A click goes to where one begins; the list at the side
 * does the same for keyboards and screen readers, so this lane is for the eye and the pointer alone.
 */
export function ChapterLane() {
  const { seek } = useWorkspace();
  const chapters = useChapters();
  const { timeline } = useWords();
  const view = useView((state) => (chapters.length > 0 ? state.view : null));
  if (!view) return null;
  return (
    <Lane kind="chapters" label={timeline.chapters}>
      <div className="chapter-track" aria-hidden="true">
        {chapters.map(({ title, startS, endS }) => {
          const left = timeToX(view, 100, startS);
          const right = timeToX(view, 100, endS);
          if (right <= 0 || left >= 100) return null;
          const from = Math.max(0, left);
          const width = Math.min(100, right) - from;
          return (
            <button
              key={startS}
              type="button"
              tabIndex={-1}
              className={`chapter${left >= 0 ? " chapter-begins" : ""}`}
              style={{ left: `${from}%`, width: `${width}%` }}
              title={title}
              onClick={() => seek(startS)}
            >
              {width > NARROWEST_TITLE && title}
            </button>
          );
        })}
      </div>
    </Lane>
  );
}
