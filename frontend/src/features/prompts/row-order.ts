/** The list with one entry moved to another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const result = [...list];
  const [entry] = result.splice(from, 1);
  if (entry !== undefined) result.splice(to, 0, entry);
  return result;
}

export type SortKey = "peak" | "mean" | "first";

export interface RowFacts {
  peak: number;
  mean: number;
  /** Onset of the first moment in seconds, infinite where there is none. */
  firstS: number;
}

/** Highest or earliest first; rows that nothing is known of go last, and equals keep their order. */
export function sortedRows(
  prompts: readonly string[],
  factsOf: (prompt: string) => RowFacts,
  by: SortKey,
): string[] {
  const rank = (prompt: string): number => {
    const facts = factsOf(prompt);
    const value = by === "first" ? facts.firstS : -facts[by];
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  };
  const ranks = new Map(prompts.map((prompt) => [prompt, rank(prompt)]));
  const of = (prompt: string) => ranks.get(prompt) ?? Number.POSITIVE_INFINITY;
  return [...prompts].sort((a, b) => (of(a) === of(b) ? 0 : of(a) - of(b)));
}
