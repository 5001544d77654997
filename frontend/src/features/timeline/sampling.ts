import type { View } from "./geometry";
import type { ScoreMatrix } from "./score-matrix";
import type { Detail } from "./use-detail";

/** Says for each pixel across a view the highest score of a prompt in it, NaN where none is known. */
export type Fill = (prompt: string, view: View, pixels: Float32Array) => void;

/** Reads the finer stretch where there is one, the whole matrix elsewhere. */
export function fillFrom(matrix: ScoreMatrix, detail: Detail | null): Fill {
  let fine = new Float32Array();
  return (prompt, view, pixels) => {
    matrix.fill(prompt, view, pixels);
    if (!detail) return;
    if (fine.length !== pixels.length) fine = new Float32Array(pixels.length);
    detail.matrix.fill(prompt, view, fine);
    const pixelS = (view.endS - view.startS) / pixels.length;
    const first = Math.max(0, Math.ceil((detail.startS - view.startS) / pixelS));
    const end = Math.min(pixels.length, Math.floor((detail.endS - view.startS) / pixelS));
    for (let pixel = first; pixel < end; pixel += 1) {
      if (!Number.isNaN(fine[pixel])) pixels[pixel] = fine[pixel];
    }
  };
}
