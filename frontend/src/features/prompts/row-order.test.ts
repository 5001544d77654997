import { describe, expect, it } from "vitest";
import { moved, sortedRows } from "./row-order";

describe("the order of rows", () => {
  it("moves one and leaves the others in their order", () => {
    expect(moved(["a", "b", "c", "d"], 0, 2)).toEqual(["b", "c", "a", "d"]);
    expect(moved(["a", "b", "c", "d"], 3, 0)).toEqual(["d", "a", "b", "c"]);
    expect(moved(["a"], 0, 0)).toEqual(["a"]);
  });

  it("is by the highest peak or mean, or by the earliest moment; the unknown go last", () => {
    const facts = {
      rain: { peak: 0.4, mean: 0.3, firstS: Number.POSITIVE_INFINITY },
      rope: { peak: Number.NaN, mean: Number.NaN, firstS: Number.POSITIVE_INFINITY },
      dog: { peak: 0.9, mean: 0.1, firstS: 12 },
      bell: { peak: 0.9, mean: 0.2, firstS: 3 },
    };
    const prompts = Object.keys(facts);
    const of = (prompt: string) => facts[prompt as keyof typeof facts];
    expect(sortedRows(prompts, of, "peak")).toEqual(["dog", "bell", "rain", "rope"]);
    expect(sortedRows(prompts, of, "mean")).toEqual(["rain", "bell", "dog", "rope"]);
    expect(sortedRows(prompts, of, "first")).toEqual(["bell", "dog", "rain", "rope"]);
  });
});
