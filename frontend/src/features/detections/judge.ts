import type { Detection, Verdict } from "../../api/types";

/** Verdicts by their id. Never changed, only replaced. */
export type Verdicts = Readonly<Record<string, Verdict>>;

/** A detection, or what a person marked, with what was said of it. */
export interface Moment extends Detection {
  /** The same for as long as the same is found. */
  key: string;
  /** Onset and offset as they are found now, or were when it was judged; null when added by hand. */
  found: Stretch | null;
}

type Stretch = readonly [onsetS: number, offsetS: number];

interface Scores {
  peak: number;
  mean: number;
}

const LEAST_LIKENESS = 0.3;
const PART_SHARE = 0.5;

/** What two stretches have in common, as a share of what they cover together. */
export function likeness(a: Stretch, b: Stretch): number {
  const shared = Math.min(a[1], b[1]) - Math.max(a[0], b[0]);
  return shared <= 0 ? 0 : shared / (Math.max(a[1], b[1]) - Math.min(a[0], b[0]));
}

/**
 * The moments of `prompts` as people left them, by onset; rejected ones are marked so. The same rule, by the same
 * names, as in the server's analysis/verdicts.py, so that a verdict shows at once and the exports agree.
 */
export function applyVerdicts(
  found: readonly Detection[],
  verdicts: readonly Verdict[],
  prompts: readonly string[],
  scoresOf: (prompt: string, onsetS: number, offsetS: number) => Scores | null,
): Moment[] {
  const foundOf = grouped(found);
  const saidOf = grouped(verdicts);
  const moments: Moment[] = [];
  for (const prompt of prompts) {
    const own = (foundOf.get(prompt) ?? []).toSorted((a, b) => a.onset_s - b.onset_s);
    const said = saidOf.get(prompt);
    if (said) moments.push(...appliedToRow(own, said, scoresOf));
    else moments.push(...own.map((one) => ({ ...one, key: keyOf(one), found: stretchOf(one) })));
  }
  return moments.sort((a, b) => a.onset_s - b.onset_s || b.peak - a.peak);
}

export function isRejected(moment: Detection): boolean {
  return moment.verdict === "rejected";
}

function appliedToRow(
  found: readonly Detection[],
  said: readonly Verdict[],
  scoresOf: (prompt: string, onsetS: number, offsetS: number) => Scores | null,
): Moment[] {
  const verdictAt = matchVerdicts(found, said);
  const foundBy = new Map([...verdictAt].map(([index, verdict]) => [verdict.id, found[index]]));
  const marked = said.filter((verdict) => verdict.kind !== "rejected");
  const cover = union(marked.map(stretchOf));
  const moments: Moment[] = marked.map((verdict) => {
    const { prompt, onset_s, offset_s } = verdict;
    const now = foundBy.get(verdict.id);
    const scores = scoresOf(prompt, onset_s, offset_s) ?? { peak: Number.NaN, mean: Number.NaN };
    return {
      ...{ prompt, onset_s, offset_s, peak: scores.peak, mean: scores.mean },
      ...{ verdict: verdict.kind, verdict_id: verdict.id },
      key: now ? keyOf(now) : verdict.id,
      found: now ? stretchOf(now) : aboutOf(verdict),
    };
  });
  found.forEach((one, index) => {
    const verdict = verdictAt.get(index);
    const plain = { ...one, key: keyOf(one), found: stretchOf(one) };
    if (verdict?.kind === "rejected") moments.push({ ...plain, verdict: "rejected", verdict_id: verdict.id });
    else if (!verdict && !liesIn(stretchOf(one), cover)) moments.push(plain);
  });
  return moments;
}

/** Which verdict is about which stretch: pairs by falling likeness, each once; the earlier, then the smaller id. */
function matchVerdicts(found: readonly Detection[], said: readonly Verdict[]): Map<number, Verdict> {
  const pairs: Array<{ alike: number; index: number; verdict: Verdict }> = [];
  for (const verdict of said) {
    const about = aboutOf(verdict);
    if (!about) continue;
    const first = firstAfter((index) => found[index].offset_s, found.length, about[0]);
    for (let index = first; index < found.length; index += 1) {
      if (found[index].onset_s >= about[1]) break;
      const alike = likeness(stretchOf(found[index]), about);
      if (alike >= LEAST_LIKENESS) pairs.push({ alike, index, verdict });
    }
  }
  pairs.sort((a, b) => b.alike - a.alike || a.index - b.index || (a.verdict.id < b.verdict.id ? -1 : 1));
  const matched = new Map<number, Verdict>();
  const taken = new Set<string>();
  for (const { index, verdict } of pairs) {
    if (matched.has(index) || taken.has(verdict.id)) continue;
    matched.set(index, verdict);
    taken.add(verdict.id);
  }
  return matched;
}

/** Index of the first stretch that ends after a moment; they are in order and do not overlap. */
function firstAfter(ends: (index: number) => number, count: number, timeS: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends(middle) > timeS) high = middle;
    else low = middle + 1;
  }
  return low;
}

function union(spans: readonly Stretch[]): Stretch[] {
  const joined: Array<[number, number]> = [];
  for (const [onsetS, offsetS] of spans.toSorted((a, b) => a[0] - b[0])) {
    const last = joined[joined.length - 1];
    if (last && onsetS <= last[1]) last[1] = Math.max(last[1], offsetS);
    else joined.push([onsetS, offsetS]);
  }
  return joined;
}

function liesIn([onsetS, offsetS]: Stretch, cover: readonly Stretch[]): boolean {
  let inside = 0;
  const first = firstAfter((index) => cover[index][1], cover.length, onsetS);
  for (let index = first; index < cover.length && cover[index][0] < offsetS; index += 1) {
    const [from, to] = cover[index];
    inside += Math.max(0, Math.min(offsetS, to) - Math.max(onsetS, from));
  }
  return inside > 0 && inside >= PART_SHARE * (offsetS - onsetS);
}

function grouped<T extends { prompt: string }>(all: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(one.prompt);
    if (group) group.push(one);
    else groups.set(one.prompt, [one]);
  }
  return groups;
}

function keyOf({ prompt, onset_s }: Detection): string {
  return `${prompt}@${onset_s}`;
}

function stretchOf({ onset_s, offset_s }: { onset_s: number; offset_s: number }): Stretch {
  return [onset_s, offset_s];
}

function aboutOf({ found_onset_s, found_offset_s }: Verdict): Stretch | null {
  return found_onset_s === null || found_offset_s === null ? null : [found_onset_s, found_offset_s];
}
