import type { KeyboardEvent } from "react";
import { useWords } from "../../i18n/language";
import { formatClockHundredths, formatLength } from "../../lib/format";
import { useSession, useView, useWorkspace } from "../session/context";
import { spanOf, timeToX, type View } from "./geometry";

const COARSE_STEP_S = 1;
const FALLBACK_FRAME_S = 0.1;

/** The marked stretch over all lanes; its edges can be dragged, or moved with the arrow keys. */
export function Selection() {
  const selection = useView((state) => state.selection);
  const view = useView((state) => (state.selection ? state.view : null));
  if (!selection || !view) return null;
  const left = Math.max(-1, timeToX(view, 100, selection.startS));
  const right = Math.min(101, timeToX(view, 100, selection.endS));
  if (right < 0 || left > 100) return null;
  return (
    <div className="selection" style={{ left: `${left}%`, width: `${Math.max(0, right - left)}%` }}>
      <span className="selection-length num">{formatLength(spanOf(selection))}</span>
      <Edge edge="start" selection={selection} hidden={left < 0} />
      <Edge edge="end" selection={selection} hidden={right > 100} />
    </div>
  );
}

function Edge(props: { edge: "start" | "end"; selection: View; hidden: boolean }) {
  const { edge, selection } = props;
  const { viewport } = useWorkspace();
  const { timeline } = useWords();
  const durationS = useView((state) => state.durationS);
  const frameS = useSession((state) => state.recording?.seconds_per_frame) ?? FALLBACK_FRAME_S;
  const atS = edge === "start" ? selection.startS : selection.endS;
  const onKeyDown = (event: KeyboardEvent) => {
    const way = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (way === 0) return;
    event.preventDefault();
    const nextS = atS + way * (event.shiftKey ? COARSE_STEP_S : frameS);
    // An edge stops at the other one instead of swapping places with it.
    if (edge === "start") viewport.select(Math.min(nextS, selection.endS - frameS), selection.endS);
    else viewport.select(selection.startS, Math.max(nextS, selection.startS + frameS));
  };
  if (props.hidden) return null;
  return (
    <div
      className={`selection-edge selection-${edge}`}
      data-edge={edge}
      role="slider"
      tabIndex={0}
      aria-label={edge === "start" ? timeline.selectionStart : timeline.selectionEnd}
      aria-valuemin={0}
      aria-valuemax={Math.round(durationS * 100) / 100}
      aria-valuenow={Math.round(atS * 100) / 100}
      aria-valuetext={formatClockHundredths(atS)}
      onKeyDown={onKeyDown}
    />
  );
}
