import { describe, expect, it } from "vitest";
import { colourTable } from "./colour";
import type { PaintedTile } from "./paint-lanes";
import { expectedColumns, tileLevel, tilePixels, tilesOnHand, visibleTiles } from "./spectrum-tiles";

const CIVIDIS = colourTable("cividis");
const info = {
  bands: 4,
  min_hz: 40,
  max_hz: 16_000,
  seconds_per_column: 0.05,
  columns_per_tile: 512,
  columns: 1360,
  levels: 3,
};

describe("spectrum tiles", () => {
  it("are fetched at the level whose columns are about a pixel wide", () => {
    expect(tileLevel(info, { startS: 0, endS: 68 }, 1360)).toBe(0);
    expect(tileLevel(info, { startS: 0, endS: 68 }, 680)).toBe(1);
    expect(tileLevel(info, { startS: 0, endS: 68 }, 40)).toBe(2);
    expect(tileLevel(info, { startS: 0, endS: 2 }, 1360)).toBe(0);
  });

  it("are those in view, and no more than there is sound for", () => {
    const tiles = visibleTiles(info, { startS: 0, endS: 68 }, 1360).map(({ tile }) => tile);
    expect(tiles).toEqual([0, 1, 2]);
    expect(visibleTiles(info, { startS: 30, endS: 40 }, 1360).map(({ tile }) => tile)).toEqual([1]);
    expect(visibleTiles({ ...info, columns: 0 }, { startS: 0, endS: 68 }, 1360)).toEqual([]);
  });

  it("know how full they should be", () => {
    expect(expectedColumns(info, { level: 0, tile: 0 })).toBe(512);
    expect(expectedColumns(info, { level: 0, tile: 2 })).toBe(336);
    expect(expectedColumns(info, { level: 1, tile: 1 })).toBe(168);
  });

  it("are painted from coarser ones until they are there", () => {
    const tile = (startS: number, endS: number) => ({ startS, endS }) as PaintedTile;
    const [whole, left, right] = [tile(0, 68), tile(0, 25.6), tile(25.6, 51.2)];
    const view = { startS: 20, endS: 30 };
    const cache = new Map([["2/0", whole]]);
    expect(tilesOnHand(cache, info, view, 200)).toEqual([whole]);
    cache.set("0/0", left);
    expect(tilesOnHand(cache, info, view, 200)).toEqual([whole, left]);
    cache.set("0/1", right);
    expect(tilesOnHand(cache, info, view, 200)).toEqual([left, right]);
  });

  it("have the low band at the bottom", () => {
    const bytes = new Uint8Array([255, 0, 0, 0, 0, 0, 0, 255]);
    const { pixels, columns } = tilePixels(bytes, 4, CIVIDIS);
    expect(columns).toBe(2);
    expect(pixels[3 * 2 + 0]).toBe(CIVIDIS[255]);
    expect(pixels[0 * 2 + 0]).toBe(CIVIDIS[0]);
    expect(pixels[0 * 2 + 1]).toBe(CIVIDIS[255]);
  });
});
