/** How fast something goes, from what was done by when: the rate of about the last few seconds. */
export interface Pace {
  marks: ReadonlyArray<{ atMs: number; done: number }>;
}

const SPAN_MS = 5000;
const FEWEST_MS = 400;

export const NO_PACE: Pace = { marks: [] };

/** Adds a mark. What counts back (a piece that has to be sent again) begins anew. */
export function withMark(pace: Pace, atMs: number, done: number): Pace {
  const last = pace.marks.at(-1);
  if (last && done < last.done) return { marks: [{ atMs, done }] };
  const kept = pace.marks.filter((mark) => mark.atMs >= atMs - SPAN_MS);
  return { marks: [...kept, { atMs, done }] };
}

/** Units a second; null while there is too little to tell from. */
export function rateOf(pace: Pace): number | null {
  const first = pace.marks.at(0);
  const last = pace.marks.at(-1);
  if (!first || !last || last.atMs - first.atMs < FEWEST_MS || last.done === first.done) return null;
  return ((last.done - first.done) * 1000) / (last.atMs - first.atMs);
}

/** Seconds until `total` is done at this pace; null while it cannot be told. */
export function secondsLeft(pace: Pace, total: number): number | null {
  const rate = rateOf(pace);
  const last = pace.marks.at(-1);
  return rate === null || !last ? null : Math.max(0, total - last.done) / rate;
}
