/** Where a suggestion comes from, the likelier to be wanted first. */
export type Origin = "recent" | "own" | "model" | "list";

export interface Candidate {
  text: string;
  origin: Origin;
  /** Whether the model knows it; null while nobody has said. */
  covered: boolean | null;
}

const ORDER: readonly Origin[] = ["recent", "own", "model", "list"];
const SHORTEST_MISTYPED = 4;

export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replaceAll("ß", "ss")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/**
 * The candidates that hold every typed word as the beginning of one of theirs; where there are none, those that do so
 * for a word with one letter mistyped. Best first, what the model knows before the rest, and each text once.
 */
export function suggest(
  candidates: readonly Candidate[],
  typed: string,
  taken: readonly string[],
  most: number,
): Candidate[] {
  const ordered = [...candidates].sort((a, b) => ORDER.indexOf(a.origin) - ORDER.indexOf(b.origin));
  const strict = ranked(ordered, typed, taken, startsWith);
  return (strict.length > 0 ? strict : ranked(ordered, typed, taken, isNearly)).slice(0, most);
}

function ranked(
  candidates: readonly Candidate[],
  typed: string,
  taken: readonly string[],
  fits: (word: string, want: string) => boolean,
): Candidate[] {
  const wanted = wordsOf(typed);
  const seen = new Set(taken.map((text) => text.toLowerCase()));
  const found: Array<{ candidate: Candidate; cost: number; place: number }> = [];
  candidates.forEach((candidate, place) => {
    const key = candidate.text.toLowerCase();
    if (seen.has(key)) return;
    const cost = costOf(wordsOf(candidate.text), wanted, fits);
    if (cost === null) return;
    seen.add(key);
    found.push({ candidate, cost: cost + (candidate.covered === false ? 1.5 : 0), place });
  });
  return found.sort((a, b) => a.cost - b.cost || a.place - b.place).map(({ candidate }) => candidate);
}

/** How far the words are from those wanted; null when one of these is not among them. */
function costOf(
  words: readonly string[],
  wanted: readonly string[],
  fits: (word: string, want: string) => boolean,
): number | null {
  if (wanted.length === 0) return 0;
  let cost = Math.max(0, words.length - wanted.length) * 0.1;
  for (const [index, want] of wanted.entries()) {
    const costs = words.map((word, place) => {
      if (!fits(word, want)) return Number.POSITIVE_INFINITY;
      return (word === want ? 0 : 0.3) + (place === index ? 0 : 0.2);
    });
    const best = Math.min(...costs);
    if (!Number.isFinite(best)) return null;
    cost += best;
  }
  return cost;
}

const startsWith = (word: string, want: string) => word.startsWith(want);

function isNearly(word: string, want: string): boolean {
  if (word.startsWith(want)) return true;
  if (want.length < SHORTEST_MISTYPED || word[0] !== want[0]) return false;
  return isMistyped(word, want) || isMistyped(word.slice(0, want.length), want);
}

/** One letter too many, too few, another one, or two that changed places. */
export function isMistyped(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let endA = a.length;
  let endB = b.length;
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA -= 1;
    endB -= 1;
  }
  const [left, right] = [a.slice(start, endA), b.slice(start, endB)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}

/** The part of what is typed that suggestions are for: the last wording of the last prompt. */
export function lastPart(typed: string): { before: string; part: string } {
  const match = /^(.*(?:[;|\n]|(?:^|\s)>\s))?([^;|\n]*)$/su.exec(typed);
  return { before: match?.[1] ?? "", part: (match?.[2] ?? typed).trimStart() };
}
