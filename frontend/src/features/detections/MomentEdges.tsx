import { type KeyboardEvent as KeyPress, useEffect, useRef } from "react";
import { useWords } from "../../i18n/language";
import { DisposableScope } from "../../lib/disposable-scope";
import { formatClockHundredths } from "../../lib/format";
import { useRecordingAccess } from "../access/recording-access";
import { useReview, useSession, useView, useWorkspace } from "../session/context";
import { timeToX, xToTime } from "../timeline/geometry";
import type { Moment } from "./judge";
import type { Edge } from "./review";

const COARSE_S = 1;

/** The moment in hand, on its row of the map: its edges can be dragged, or moved with the arrow keys. */
export function MomentEdges({ rowHeight }: { rowHeight: number }) {
  const chosen = useReview((state) => state.chosen);
  const moment = useSession((state) => state.moments.find(({ key }) => key === chosen) ?? null);
  const row = useSession((state) => (moment ? state.prompts.indexOf(moment.prompt) : -1));
  return (
    <div className="moment-edges">
      {moment && row >= 0 && <Band moment={moment} top={row * rowHeight} height={rowHeight} />}
    </div>
  );
}

function Band({ moment, top, height }: { moment: Moment; top: number; height: number }) {
  const view = useView((state) => state.view);
  const { owner } = useRecordingAccess(useWorkspace().session.id);
  const draft = useReview((state) => (state.draft?.key === moment.key ? state.draft : null));
  const onsetS = draft?.onsetS ?? moment.onset_s;
  const offsetS = draft?.offsetS ?? moment.offset_s;
  const left = Math.max(-1, timeToX(view, 100, onsetS));
  const right = Math.min(101, timeToX(view, 100, offsetS));
  if (right < 0 || left > 100) return null;
  return (
    <div
      className="moment-band"
      data-verdict={moment.verdict ?? undefined}
      style={{ left: `${left}%`, width: `${Math.max(0, right - left)}%`, top, height }}
    >
      <Handle edge="onset" moment={moment} atS={onsetS} hidden={left < 0 || !owner} />
      <Handle edge="offset" moment={moment} atS={offsetS} hidden={right > 100 || !owner} />
    </div>
  );
}

function Handle(props: { edge: Edge; moment: Moment; atS: number; hidden: boolean }) {
  const { edge, moment, atS } = props;
  const { review, viewport } = useWorkspace();
  const { detections } = useWords();
  const durationS = useView((state) => state.durationS);
  const handle = useRef<HTMLButtonElement>(null);
  const latest = useRef(moment);
  latest.current = moment;
  useEffect(() => {
    if (!handle.current || props.hidden) return;
    const edges = (timeS: number) => ({
      key: latest.current.key,
      onsetS: edge === "onset" ? timeS : latest.current.onset_s,
      offsetS: edge === "offset" ? timeS : latest.current.offset_s,
    });
    return dragged(handle.current, {
      timeAt: (x, width) => xToTime(viewport.store.getState().view, width, x),
      onMove: (timeS) => review.drag(edges(timeS)),
      onEnd: () => {
        const { draft } = review.store.getState();
        if (draft) review.adjust(latest.current, draft.onsetS, draft.offsetS);
      },
      onCancel: () => review.drag(null),
    });
  }, [edge, review, viewport, props.hidden]);
  if (props.hidden) return null;
  const onKeyDown = (event: KeyPress) => {
    const way = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (way === 0) return;
    event.preventDefault();
    review.nudge(moment, edge, way * (event.shiftKey ? Math.round(COARSE_S / review.frameS()) : 1));
  };
  return (
    <button
      type="button"
      ref={handle}
      className={`moment-edge moment-${edge}`}
      role="slider"
      aria-label={edge === "onset" ? detections.beginningOf(moment.prompt) : detections.endOf(moment.prompt)}
      aria-valuemin={0}
      aria-valuemax={Math.round(durationS * 100) / 100}
      aria-valuenow={Math.round(atS * 100) / 100}
      aria-valuetext={formatClockHundredths(atS)}
      onKeyDown={onKeyDown}
    />
  );
}

interface DragActions {
  /** The time at a place on the row, in pixels from its left edge. */
  timeAt: (x: number, width: number) => number;
  onMove: (timeS: number) => void;
  onEnd: () => void;
  onCancel: () => void;
}

/** Follows a pointer that drags a handle; the stage below hears nothing of it, but of a tap. */
function dragged(handle: HTMLElement, { timeAt, onMove, onEnd, onCancel }: DragActions): () => void {
  const scope = new DisposableScope();
  let moved = false;
  const holds = (event: PointerEvent) => handle.hasPointerCapture(event.pointerId);
  scope.listen<HTMLElement, PointerEvent>(handle, "pointerdown", (event) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    handle.setPointerCapture(event.pointerId);
    moved = false;
  });
  scope.listen<HTMLElement, PointerEvent>(handle, "pointermove", (event) => {
    if (!holds(event)) return;
    event.stopPropagation();
    const box = handle.closest(".moment-edges")?.getBoundingClientRect();
    if (!box || box.width === 0) return;
    moved = true;
    onMove(timeAt(Math.min(Math.max(0, event.clientX - box.left), box.width), box.width));
  });
  scope.listen<HTMLElement, PointerEvent>(handle, "pointerup", (event) => {
    if (!holds(event) || !moved) return;
    event.stopPropagation();
    onEnd();
    moved = false;
  });
  scope.listen(handle, "pointercancel", onCancel);
  scope.listen<HTMLElement, KeyboardEvent>(handle, "keydown", (event) => {
    if (event.key !== "Escape" || !moved) return;
    event.preventDefault();
    moved = false;
    onCancel();
  });
  return () => scope.dispose();
}
