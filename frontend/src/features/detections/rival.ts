import type { ScoreMatrix } from "../timeline/score-matrix";

/** The prompt with the highest score at a moment; undefined where nothing is known. */
export function loudestAt(
  matrix: ScoreMatrix,
  prompts: readonly string[],
  timeS: number,
  except?: string,
): string | undefined {
  let best: string | undefined;
  let highest = Number.NEGATIVE_INFINITY;
  for (const prompt of prompts) {
    const score = matrix.scoreAt(prompt, timeS);
    if (prompt === except || Number.isNaN(score) || score <= highest) continue;
    best = prompt;
    highest = score;
  }
  return best;
}
