/** What runs in the page itself, to watch it from inside. */
export interface Watched {
  /** Milliseconds between animation frames. */
  frames: number[];
  /** Milliseconds of the tasks that kept the page from answering for longer than 50 ms. */
  longTasks: Array<{ at: number; ms: number }>;
  /** Milliseconds from navigation to the first scores on the map, null before. */
  paintedAt: number | null;
  /** Milliseconds between a message's being due and its being drawn. */
  lags: number[];
}

declare global {
  interface Window {
    watched: Watched;
  }
}

/** To be run before the page's own scripts. */
export function watch(): void {
  const watched: Watched = { frames: [], longTasks: [], paintedAt: null, lags: [] };
  window.watched = watched;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      watched.longTasks.push({ at: startTime, ms: duration });
  }).observe({ type: "longtask", buffered: true });

  /** Whether a pixel in the middle of the first row has a colour: the map is transparent until there are scores. */
  const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const painted = () => {
    const canvas = document.querySelector<HTMLCanvasElement>(".heat-canvas canvas");
    if (!canvas || !copy || canvas.width === 0) return false;
    copy.clearRect(0, 0, 1, 1);
    copy.drawImage(canvas, canvas.width / 2, 15 * devicePixelRatio, 1, 1, 0, 0, 1, 1);
    return copy.getImageData(0, 0, 1, 1).data[3] > 0;
  };
  let last = performance.now();
  const frame = () => {
    const now = performance.now();
    watched.frames.push(now - last);
    last = now;
    if (watched.paintedAt === null && painted()) watched.paintedAt = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
