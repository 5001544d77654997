import {
  interpolateCividis,
  interpolateInferno,
  interpolateMagma,
  interpolatePlasma,
  interpolateViridis,
} from "d3-scale-chromatic";

/** 256 packed pixels (ABGR in memory order of a little-endian canvas) from a score of 0 to 1. */
export type ColourTable = Uint32Array;

/**
 * Scales whose lightness grows evenly with the score, so that they read the same in grey. Cividis, the first, also
 * reads the same with and without colour blindness.
 */
const SCALES = {
  cividis: interpolateCividis,
  viridis: interpolateViridis,
  magma: interpolateMagma,
  inferno: interpolateInferno,
  plasma: interpolatePlasma,
} as const;

export type ScaleName = keyof typeof SCALES;

export const SCALE_NAMES = Object.keys(SCALES) as ScaleName[];

const tables = new Map<ScaleName, ColourTable>();

export function colourTable(name: ScaleName): ColourTable {
  const present = tables.get(name);
  if (present) return present;
  const table = new Uint32Array(256);
  for (let index = 0; index < 256; index += 1) {
    const [r, g, b] = channels(SCALES[name](index / 255));
    table[index] = ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  }
  tables.set(name, table);
  return table;
}

/** Red, green and blue, 0 to 255, of `rgb(1, 2, 3)` or `#010203`: the scales give one or the other. */
function channels(colour: string): number[] {
  if (colour.startsWith("#")) return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return (colour.match(/\d+/g) ?? []).map(Number);
}

/** Table index of a score; scores outside 0..1 take the nearest end. */
export function scoreIndex(score: number): number {
  return score <= 0 ? 0 : score >= 1 ? 255 : Math.round(score * 255);
}

export function cssColour(score: number, table: ColourTable = colourTable("cividis")): string {
  const pixel = table[scoreIndex(score)];
  return `rgb(${pixel & 255} ${(pixel >>> 8) & 255} ${(pixel >>> 16) & 255})`;
}

/** The legend as a CSS gradient, made from the very table the map is painted with. */
export function legendGradient(table: ColourTable): string {
  const stops = Array.from({ length: 9 }, (_, index) => cssColour(index / 8, table));
  return `linear-gradient(90deg, ${stops.join(", ")})`;
}
