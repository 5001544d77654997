import { type RefObject, useEffect } from "react";
import { DisposableScope } from "../../lib/disposable-scope";
import { useWorkspace } from "../session/context";
import { rowAt, spanOf, xToTime } from "./geometry";

interface StageParts {
  stage: RefObject<HTMLElement | null>;
  tracks: RefObject<HTMLElement | null>;
  heat: RefObject<HTMLElement | null>;
  rowHeight: number;
}

const ZOOM_PER_WHEEL_PX = 0.002;

/** Pointing at the tracks reads out, pressing seeks, dragging scrubs, ctrl and wheel zoom, a sideways wheel pans. */
export function useStagePointer({ stage, tracks, heat, rowHeight }: StageParts): void {
  const { session, viewport, seek } = useWorkspace();

  useEffect(() => {
    const area = stage.current;
    if (!area) return;
    const scope = new DisposableScope();
    let scrubbing = false;

    const locate = (event: MouseEvent) => {
      const box = tracks.current?.getBoundingClientRect();
      const rows = heat.current?.getBoundingClientRect();
      if (!box || !rows || box.width === 0) return null;
      const x = event.clientX - box.left;
      if (x < 0 || x > box.width) return null;
      const timeS = xToTime(viewport.store.getState().view, box.width, x);
      const row = rowAt(event.clientY - rows.top, rowHeight, session.store.getState().prompts.length);
      // The map ends where its rows do, or where they slip under the foot of the stage.
      const foot = area.querySelector(".stage-foot")?.getBoundingClientRect().top ?? box.bottom;
      const roomBelow = Math.min(box.bottom, foot) - event.clientY;
      const overRows = event.clientY >= rows.top ? row : null;
      return { x, y: event.clientY - box.top, trackWidth: box.width, roomBelow, timeS, row: overRows };
    };
    const onControl = (event: Event) =>
      event.target instanceof Element && event.target.closest("button, input, a") !== null;

    scope.listen<HTMLElement, PointerEvent>(area, "pointermove", (event) => {
      const place = locate(event);
      viewport.setHover(place);
      if (scrubbing && place) seek(place.timeS);
    });
    scope.listen(area, "pointerleave", () => viewport.setHover(null));
    scope.listen<HTMLElement, PointerEvent>(area, "pointerdown", (event) => {
      if (event.button !== 0 || onControl(event)) return;
      const place = locate(event);
      if (!place) return;
      scrubbing = true;
      area.setPointerCapture(event.pointerId);
      seek(place.timeS);
    });
    const release = () => {
      scrubbing = false;
    };
    scope.listen(area, "pointerup", release);
    scope.listen(area, "pointercancel", release);
    scope.listen<HTMLElement, WheelEvent>(
      area,
      "wheel",
      (event) => {
        const place = locate(event);
        if (!place) return;
        if (event.ctrlKey || event.metaKey) {
          event.preventDefault();
          viewport.zoom(Math.exp(-event.deltaY * ZOOM_PER_WHEEL_PX), place.timeS);
          return;
        }
        const sideways = event.shiftKey ? event.deltaX || event.deltaY : event.deltaX;
        if (Math.abs(sideways) <= Math.abs(event.deltaY) && !event.shiftKey) return;
        event.preventDefault();
        const width = tracks.current?.clientWidth ?? 1;
        viewport.panBy((sideways / width) * spanOf(viewport.store.getState().view));
      },
      { passive: false },
    );
    scope.add(() => viewport.setHover(null));
    return () => scope.dispose();
  }, [stage, tracks, heat, rowHeight, session, viewport, seek]);
}
