import { type RefObject, useCallback, useEffect, useLayoutEffect, useState } from "react";
import { DisposableScope } from "../../lib/disposable-scope";
import { linesIn } from "./shown";

/** Lines beyond the edges of the screen are kept ready by this much. */
const READY_PX = 700;
/** The window moves in steps, so that a scroll does not render at every pixel. */
const STEP_LINES = 8;

/**
 * Which lines of a long list to render, by where it lies on the screen, whatever scrolls it. `list` is as high as all
 * of its lines.
 */
export function useWindow(
  list: RefObject<HTMLElement | null>,
  offsets: Float64Array,
): { first: number; stop: number; reveal: (line: number, page?: boolean) => void } {
  const [range, setRange] = useState<readonly [number, number]>([0, 40]);
  const count = offsets.length - 1;

  const look = useCallback(() => {
    const top = list.current?.getBoundingClientRect().top;
    if (top === undefined) return;
    const [from, to] = linesIn(offsets, -top - READY_PX, window.innerHeight - top + READY_PX);
    const first = Math.floor(from / STEP_LINES) * STEP_LINES;
    const stop = Math.ceil(to / STEP_LINES) * STEP_LINES;
    setRange((range) => (range[0] === first && range[1] === stop ? range : [first, stop]));
  }, [list, offsets]);

  useLayoutEffect(look, [look]);
  useEffect(() => {
    const scope = new DisposableScope();
    let frame = 0;
    const soon = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(look);
    };
    // Scrolling does not bubble; caught on its way down it is heard of any box.
    scope.listen(document, "scroll", soon, { capture: true, passive: true });
    scope.listen(window, "resize", soon);
    scope.add(() => cancelAnimationFrame(frame));
    return () => scope.dispose();
  }, [look]);

  /** Scrolls no further than needed for a line to be in sight, and renders it at once; the page only if it may be. */
  const reveal = useCallback(
    (line: number, page = false) => {
      const box = list.current?.parentElement;
      if (!box || !list.current || line < 0 || line >= offsets.length - 1) return;
      const [from, to] = [offsets[line], offsets[line + 1]];
      if (getComputedStyle(box).overflowY === "auto") {
        if (from < box.scrollTop) box.scrollTop = from;
        else if (to > box.scrollTop + box.clientHeight) box.scrollTop = to - box.clientHeight;
      } else if (page) {
        const { top } = list.current.getBoundingClientRect();
        const seen = top + from >= 0 && top + to <= window.innerHeight;
        if (!seen) window.scrollBy(0, top + from - window.innerHeight / 3);
      }
      look();
    },
    [list, offsets, look],
  );

  return { first: Math.min(range[0], count), stop: Math.min(range[1], count), reveal };
}
