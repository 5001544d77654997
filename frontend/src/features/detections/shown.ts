import type { VerdictKind } from "../../api/types";
import type { Moment } from "./judge";

export type Order = "time" | "prompt";

/** Which moments the list shows. */
export interface ShownBy {
  prompt: string | null;
  /** `open`: nobody has said anything of it. */
  verdict: VerdictKind | "open" | null;
  leastPeak: number;
}

export const ALL_MOMENTS: ShownBy = { prompt: null, verdict: null, leastPeak: 0 };

export function isFiltered({ prompt, verdict, leastPeak }: ShownBy): boolean {
  return prompt !== null || verdict !== null || leastPeak > 0;
}

export function passes(moment: Moment, { prompt, verdict, leastPeak }: ShownBy): boolean {
  if (prompt !== null && moment.prompt !== prompt) return false;
  if (verdict !== null && (moment.verdict ?? "open") !== verdict) return false;
  return leastPeak <= 0 || moment.peak >= leastPeak;
}

/** In order of time, or prompt by prompt as the rows are. */
export function sorted(moments: Moment[], order: Order, prompts: readonly string[]): Moment[] {
  if (order === "time") return moments;
  const place = new Map(prompts.map((prompt, index) => [prompt, index]));
  return moments.toSorted(
    (a, b) => (place.get(a.prompt) ?? 0) - (place.get(b.prompt) ?? 0) || a.onset_s - b.onset_s,
  );
}

export type Line =
  | { kind: "group"; prompt: string; count: number; folded: boolean }
  | { kind: "moment"; moment: Moment; place: number };

/** The list line by line; `place` counts the moments on show. */
export function linesOf(moments: readonly Moment[], order: Order, folded: ReadonlySet<string>): Line[] {
  if (order === "time") return moments.map((moment, place) => ({ kind: "moment", moment, place }));
  const counts = new Map<string, number>();
  for (const { prompt } of moments) counts.set(prompt, (counts.get(prompt) ?? 0) + 1);
  const lines: Line[] = [];
  let place = 0;
  let group: string | null = null;
  for (const moment of moments) {
    const { prompt } = moment;
    if (prompt !== group) {
      lines.push({ kind: "group", prompt, count: counts.get(prompt) ?? 0, folded: folded.has(prompt) });
      group = prompt;
    }
    if (folded.has(prompt)) continue;
    lines.push({ kind: "moment", moment, place });
    place += 1;
  }
  return lines;
}

/** Where each line begins, in pixels, and at the end where the last one ends. */
export function offsetsOf(lines: readonly Line[], heightOf: (line: Line) => number): Float64Array {
  const offsets = new Float64Array(lines.length + 1);
  lines.forEach((line, index) => {
    offsets[index + 1] = offsets[index] + heightOf(line);
  });
  return offsets;
}

/** Lines [first, stop) that touch a stretch of pixels. */
export function linesIn(offsets: Float64Array, fromPx: number, toPx: number): [number, number] {
  const count = offsets.length - 1;
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle + 1] > fromPx) high = middle;
    else low = middle + 1;
  }
  let stop = low;
  while (stop < count && offsets[stop] < toPx) stop += 1;
  return [low, stop];
}
