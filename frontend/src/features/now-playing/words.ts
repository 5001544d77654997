import type { Detection } from "../../api/types";

/** A sound under the playhead, or just gone. */
export interface Word {
  prompt: string;
  /** How large, 0 to 1: it grows with the score. */
  size: number;
  /** 1 while it sounds, falling to 0 after its end. */
  presence: number;
}

export interface Coming {
  prompt: string;
  inS: number;
}

/** A word stays this long after its sound, paler and paler: the eye follows slower than the ear. */
export const FADES_FOR_S = 0.8;
const SMALLEST = 0.45;
const UNKNOWN_SIZE = 0.7;

/**
 * The words for one time. They stand in the order in which their sounds began, so that none changes its place while
 * it sounds; moments rather than single scores decide, so that none flickers.
 */
export function wordsAt(
  moments: readonly Detection[],
  timeS: number,
  scoreOf: (prompt: string) => number,
): Word[] {
  const words = new Map<string, Word & { onsetS: number }>();
  for (const { prompt, onset_s, offset_s } of moments) {
    if (onset_s > timeS || offset_s + FADES_FOR_S <= timeS) continue;
    const presence = timeS < offset_s ? 1 : 1 - (timeS - offset_s) / FADES_FOR_S;
    const before = words.get(prompt);
    if (before && before.presence >= presence) continue;
    words.set(prompt, { prompt, size: sizeOf(scoreOf(prompt)), presence, onsetS: onset_s });
  }
  return [...words.values()]
    .sort((a, b) => a.onsetS - b.onsetS || (a.prompt < b.prompt ? -1 : 1))
    .map(({ prompt, size, presence }) => ({ prompt, size, presence }));
}

/** The next sound to begin, of those that do not sound already. */
export function comingAt(moments: readonly Detection[], timeS: number): Coming | null {
  const sounding = new Set(
    moments.filter((m) => m.onset_s <= timeS && timeS < m.offset_s).map(({ prompt }) => prompt),
  );
  let next: Detection | null = null;
  for (const moment of moments) {
    if (moment.onset_s <= timeS || sounding.has(moment.prompt)) continue;
    if (!next || moment.onset_s < next.onset_s) next = moment;
  }
  return next && { prompt: next.prompt, inS: next.onset_s - timeS };
}

function sizeOf(score: number): number {
  if (Number.isNaN(score)) return UNKNOWN_SIZE;
  return SMALLEST + (1 - SMALLEST) * Math.min(1, Math.max(0, score));
}
