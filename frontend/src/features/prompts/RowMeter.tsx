import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { useWords } from "../../i18n/language";
import { formatScore } from "../../lib/format";
import { useCompact } from "../../ui/use-compact";
import { useSession, useWorkspace } from "../session/context";
import { thresholdOf } from "../session/session-state";
import { useScoreHere } from "../session/use-score-here";

const LOWEST = 0.01;
const HIGHEST = 0.99;

const rounded = (threshold: number) => Math.round(Math.min(HIGHEST, Math.max(LOWEST, threshold)) * 100) / 100;

/**
 * The foot of a row's label: how loud the prompt is under the playhead, and the threshold it has to reach, which
 * can be dragged for this row alone. A double click, or Delete, gives it back to the threshold all rows share.
 */
export function RowMeter({ prompt }: { prompt: string }) {
  const { prompts: words } = useWords();
  const { session } = useWorkspace();
  const threshold = useSession((state) => thresholdOf(state, prompt));
  const own = useSession((state) => state.rows[prompt]?.threshold !== undefined);
  const score = useScoreHere(prompt);
  const [dragged, setDragged] = useState(false);
  const compact = useCompact();
  const set = (value: number | undefined) =>
    session.setRow(prompt, { threshold: value === undefined ? undefined : rounded(value) });

  const follow = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    set((event.clientX - box.left) / box.width);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.shiftKey ? 0.1 : 0.01;
    if (event.key === "ArrowLeft" || event.key === "ArrowDown") set(threshold - step);
    else if (event.key === "ArrowRight" || event.key === "ArrowUp") set(threshold + step);
    else if (event.key === "Delete" || event.key === "Backspace") set(undefined);
    else return;
    event.preventDefault();
  };
  const known = !Number.isNaN(score);
  const bar = (
    <span className="meter-bar">
      <i style={{ width: known ? `${score * 100}%` : 0 }} data-on={known && score >= threshold} />
      <b style={{ left: `${threshold * 100}%` }} />
    </span>
  );
  // On a phone it only shows: the row's editor has a slider that is large enough for a finger.
  if (compact) {
    return (
      <div className="meter" data-own={own || undefined} aria-hidden="true">
        {bar}
      </div>
    );
  }
  return (
    <div
      className="meter"
      role="slider"
      tabIndex={0}
      aria-label={words.thresholdOf(prompt)}
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={threshold}
      aria-valuetext={own ? formatScore(threshold) : words.asAllRows(formatScore(threshold))}
      title={own ? words.ownThreshold(formatScore(threshold)) : words.threshold(formatScore(threshold))}
      data-own={own || undefined}
      data-dragged={dragged || undefined}
      onKeyDown={onKeyDown}
      onDoubleClick={() => set(undefined)}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        setDragged(true);
        follow(event);
      }}
      onLostPointerCapture={() => setDragged(false)}
    >
      {bar}
      {dragged && (
        <output className="meter-value num" style={{ left: `${threshold * 100}%` }}>
          {formatScore(threshold)}
        </output>
      )}
    </div>
  );
}
