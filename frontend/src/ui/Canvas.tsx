import { useEffect, useLayoutEffect, useRef } from "react";
import { DisposableScope } from "../lib/disposable-scope";

export interface Surface {
  context: CanvasRenderingContext2D;
  /** Size in CSS pixels; the context is scaled so that these are the units to draw in. */
  width: number;
  height: number;
  /** Device pixels per CSS pixel. */
  scale: number;
}

export type Paint = (surface: Surface) => void;
/** Calls back whenever what is painted has changed, until the function it returns is called. */
export type Watch = (redraw: () => void) => () => void;

/** So much beyond what is on show is painted as well, so that scrolling meets no empty canvas. */
const SCROLL_MARGIN = "240px";

/**
 * A canvas as sharp as the screen. It repaints, once per animation frame at most, when `paint` is another
 * function (so callers memoise it), when `watch` says so, when its size changes and when the pixel ratio does; out
 * of sight it waits until it is seen.
 */
export function Canvas(props: { paint: Paint; watch?: Watch; className?: string; label?: string }) {
  const { paint, watch, label } = props;
  const element = useRef<HTMLCanvasElement>(null);
  const latest = useRef(paint);
  const request = useRef<() => void>(() => undefined);

  // Before the paint, so that the first one has what is drawn: other effects of a page drawn in pieces come after it.
  useLayoutEffect(() => {
    const canvas = element.current;
    if (!canvas) return;
    const scope = new DisposableScope();
    let frame = 0;
    let seen = true;
    let late = false;
    // As it was last told: asking the canvas would have the whole page laid out anew for each one that is drawn.
    let width = 0;
    let height = 0;
    const draw = () => {
      cancelAnimationFrame(frame);
      frame = 0;
      late = !seen;
      if (late || width === 0 || height === 0) return;
      const context = canvas.getContext("2d");
      if (!context) return;
      const scale = window.devicePixelRatio || 1;
      const deviceWidth = Math.round(width * scale);
      const deviceHeight = Math.round(height * scale);
      if (canvas.width !== deviceWidth) canvas.width = deviceWidth;
      if (canvas.height !== deviceHeight) canvas.height = deviceHeight;
      context.setTransform(deviceWidth / width, 0, 0, deviceHeight / height, 0, 0);
      context.clearRect(0, 0, width, height);
      latest.current({ context, width, height, scale: deviceWidth / width });
    };
    request.current = () => {
      if (frame === 0) frame = requestAnimationFrame(draw);
    };
    // Told between layout and paint, so that what is drawn at once is on the screen with the first frame.
    const sizes = new ResizeObserver(([{ contentRect }]) => {
      const [toWidth, toHeight] = [Math.round(contentRect.width), Math.round(contentRect.height)];
      if (toWidth === width && toHeight === height) return;
      width = toWidth;
      height = toHeight;
      draw();
    });
    sizes.observe(canvas);
    scope.add(() => sizes.disconnect());
    const margins = { rootMargin: SCROLL_MARGIN, scrollMargin: SCROLL_MARGIN };
    const sight = new IntersectionObserver((entries) => {
      seen = entries[entries.length - 1].isIntersecting;
      if (seen && late) request.current();
    }, margins);
    sight.observe(canvas);
    scope.add(() => sight.disconnect());
    scope.add(() => cancelAnimationFrame(frame));
    watchPixelRatio(scope, () => request.current());
    return () => scope.dispose();
  }, []);

  useEffect(() => {
    latest.current = paint;
    request.current();
  }, [paint]);

  useEffect(() => watch?.(() => request.current()), [watch]);

  return label === undefined ? (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas takes no focus, and this one only decorates
    <canvas ref={element} className={props.className} aria-hidden="true" />
  ) : (
    <canvas ref={element} className={props.className} role="img" aria-label={label} />
  );
}

/** A media query names one ratio, so it is asked anew after every change. */
function watchPixelRatio(scope: DisposableScope, onChange: () => void): void {
  const watch = () => {
    if (scope.disposed) return;
    const query = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    const changed = () => {
      onChange();
      watch();
    };
    query.addEventListener("change", changed, { once: true });
    scope.add(() => query.removeEventListener("change", changed));
  };
  watch();
}
