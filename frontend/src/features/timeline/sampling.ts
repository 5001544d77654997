import type { ScoreMatrix } from "./score-matrix";
import type { Detail } from "./use-detail";

/** Reads the finer stretch where there is one, the whole matrix elsewhere. */
export function maxFrom(matrix: ScoreMatrix, detail: Detail | null) {
  return (prompt: string, fromS: number, toS: number): number => {
    if (detail && fromS >= detail.startS && toS <= detail.endS) {
      const fine = detail.matrix.maxIn(prompt, fromS, toS);
      if (!Number.isNaN(fine)) return fine;
    }
    return matrix.maxIn(prompt, fromS, toS);
  };
}
