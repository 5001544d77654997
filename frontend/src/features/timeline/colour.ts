import { interpolateCividis } from "d3-scale-chromatic";

/**
 * 256 packed pixels (ABGR in memory order of a little-endian canvas) from a score of 0 to 1. Cividis reads the
 * same with and without colour blindness, and its lightness alone carries the value.
 */
export const CIVIDIS: Uint32Array = buildTable();

function buildTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let index = 0; index < 256; index += 1) {
    const [r, g, b] = (interpolateCividis(index / 255).match(/\d+/g) ?? []).map(Number);
    table[index] = ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  }
  return table;
}

/** Table index of a score; scores outside 0..1 take the nearest end. */
export function scoreIndex(score: number): number {
  return score <= 0 ? 0 : score >= 1 ? 255 : Math.round(score * 255);
}

export function cssColour(score: number): string {
  const pixel = CIVIDIS[scoreIndex(score)];
  return `rgb(${pixel & 255} ${(pixel >>> 8) & 255} ${(pixel >>> 16) & 255})`;
}

/** The legend as a CSS gradient, made from the very table the map is painted with. */
export function legendGradient(): string {
  const stops = Array.from({ length: 9 }, (_, index) => cssColour(index / 8));
  return `linear-gradient(90deg, ${stops.join(", ")})`;
}
