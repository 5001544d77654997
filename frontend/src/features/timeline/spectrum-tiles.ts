import type { SpectrogramInfo } from "../../api/types";
import type { ColourTable } from "./colour";
import { spanOf, type View } from "./geometry";
import type { PaintedTile } from "./paint-lanes";

/** Bytes 0..255 stand for -100..0 dBFS; what lies outside this stretch is all dark or all bright. */
const DARKEST = 80;
const BRIGHTEST = 238;

export interface TileAddress {
  level: number;
  tile: number;
}

/** The level whose columns are about as wide as a pixel: never coarser than the screen can show. */
export function tileLevel(info: SpectrogramInfo, view: View, pixels: number): number {
  const perPixelS = spanOf(view) / Math.max(1, pixels);
  const level = Math.floor(Math.log2(perPixelS / info.seconds_per_column) + 1e-9);
  return Math.min(Math.max(0, level), Math.max(0, info.levels - 1));
}

export function tileSeconds(info: SpectrogramInfo, level: number): number {
  return info.seconds_per_column * 2 ** level * info.columns_per_tile;
}

export function visibleTiles(info: SpectrogramInfo, view: View, pixels: number): TileAddress[] {
  const level = tileLevel(info, view, pixels);
  const seconds = tileSeconds(info, level);
  const knownS = info.columns * info.seconds_per_column;
  const first = Math.max(0, Math.floor(view.startS / seconds));
  const last = Math.ceil(Math.min(view.endS, knownS) / seconds) - 1;
  const tiles: TileAddress[] = [];
  for (let tile = first; tile <= last; tile += 1) tiles.push({ level, tile });
  return tiles;
}

/** Columns a tile should hold by now. A tile fetched with fewer has grown since. */
export function expectedColumns(info: SpectrogramInfo, { level, tile }: TileAddress): number {
  const columns = Math.ceil(info.columns / 2 ** level) - tile * info.columns_per_tile;
  return Math.min(Math.max(0, columns), info.columns_per_tile);
}

/** Bytes, column after column with the low band first, to pixels with the low band at the bottom. */
export function tilePixels(
  bytes: Uint8Array,
  bands: number,
  colours: ColourTable,
): { pixels: Uint32Array; columns: number } {
  const columns = Math.floor(bytes.length / bands);
  const pixels = new Uint32Array(columns * bands);
  for (let column = 0; column < columns; column += 1) {
    for (let band = 0; band < bands; band += 1) {
      const level = (bytes[column * bands + band] - DARKEST) / (BRIGHTEST - DARKEST);
      const index = level <= 0 ? 0 : level >= 1 ? 255 : Math.round(level * 255);
      pixels[(bands - 1 - band) * columns + column] = colours[index];
    }
  }
  return { pixels, columns };
}

export function paintTile(
  bytes: Uint8Array,
  info: SpectrogramInfo,
  address: TileAddress,
  colours: ColourTable,
): PaintedTile | null {
  const { pixels, columns } = tilePixels(bytes, info.bands, colours);
  if (columns === 0) return null;
  const image = new OffscreenCanvas(columns, info.bands);
  const data = new ImageData(columns, info.bands);
  new Uint32Array(data.data.buffer).set(pixels);
  image.getContext("2d")?.putImageData(data, 0, 0);
  const startS = address.tile * tileSeconds(info, address.level);
  const endS = startS + columns * info.seconds_per_column * 2 ** address.level;
  return { image, startS, endS, columns, bands: info.bands };
}

export const tileKey = ({ level, tile }: TileAddress): string => `${level}/${tile}`;

/** The tiles to paint for a view, of those that are there: coarser ones first, where the right ones lack. */
export function tilesOnHand(
  cache: ReadonlyMap<string, PaintedTile>,
  info: SpectrogramInfo,
  view: View,
  pixels: number,
): PaintedTile[] {
  const right = visibleTiles(info, view, pixels);
  const found = right.flatMap((address) => cache.get(tileKey(address)) ?? []);
  if (found.length === right.length) return found;
  const level = tileLevel(info, view, pixels);
  const coarser: PaintedTile[] = [];
  for (let above = info.levels - 1; above > level; above -= 1) {
    const seconds = tileSeconds(info, above);
    for (let tile = Math.floor(view.startS / seconds); tile * seconds < view.endS; tile += 1) {
      const present = cache.get(tileKey({ level: above, tile }));
      if (present) coarser.push(present);
    }
  }
  return [...coarser, ...found];
}
