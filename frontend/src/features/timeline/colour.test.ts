import { describe, expect, it } from "vitest";
import { colourTable, cssColour, SCALE_NAMES, scoreIndex } from "./colour";

const CIVIDIS = colourTable("cividis");

const luminance = (pixel: number) =>
  0.2126 * (pixel & 255) + 0.7152 * ((pixel >>> 8) & 255) + 0.0722 * ((pixel >>> 16) & 255);

describe("the colour of a score", () => {
  it("grows lighter with the score in every scale, so it reads without hue", () => {
    expect(SCALE_NAMES).toHaveLength(5);
    expect(SCALE_NAMES[0]).toBe("cividis");
    for (const name of SCALE_NAMES) {
      const table = colourTable(name);
      for (let index = 8; index < 256; index += 8) {
        expect(luminance(table[index]), `${name} at ${index}`).toBeGreaterThan(luminance(table[index - 8]));
      }
    }
  });

  it("runs from dark blue to yellow and is opaque", () => {
    expect(cssColour(0)).toMatch(/^rgb\(0 3[0-9] (7|8)\d\)$/);
    const [r, g, b] = (cssColour(1).match(/\d+/g) ?? []).map(Number);
    expect(r).toBeGreaterThan(240);
    expect(g).toBeGreaterThan(220);
    expect(b).toBeLessThan(90);
    expect(CIVIDIS[77] >>> 24).toBe(255);
  });

  it("takes the nearest end for scores outside 0 to 1", () => {
    expect(scoreIndex(-0.2)).toBe(0);
    expect(scoreIndex(1.7)).toBe(255);
    expect(scoreIndex(0.5)).toBe(128);
  });
});
