import { useWords } from "../../i18n/language";
import { formatClock } from "../../lib/format";
import { chapterAt } from "../session/chapters";
import { usePlayback, useWorkspace } from "../session/context";
import { useChapters } from "../session/use-chapters";

/** The chapters as a list to jump to; folded, it says which one the playhead is in. */
export function ChaptersPanel() {
  const { recordings } = useWords();
  const { seek } = useWorkspace();
  const chapters = useChapters();
  const positionS = usePlayback((state) => state.positionS);
  if (chapters.length === 0) return null;
  const current = chapterAt(chapters, positionS);
  return (
    <details className="chapters">
      <summary>
        <span className="chapters-title">
          {recordings.chapters} <span className="num">{chapters.length}</span>
        </span>
        {current && <span className="chapters-now">{current.title}</span>}
      </summary>
      <ol>
        {chapters.map((chapter) => (
          <li key={chapter.startS}>
            <button
              type="button"
              aria-current={chapter === current ? "true" : undefined}
              onClick={() => seek(chapter.startS)}
            >
              <span className="num">{formatClock(chapter.startS)}</span>
              <span>{chapter.title}</span>
            </button>
          </li>
        ))}
      </ol>
    </details>
  );
}
