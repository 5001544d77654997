import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Moment } from "./judge";
import { ALL_MOMENTS, isFiltered, linesIn, linesOf, offsetsOf, passes, sorted } from "./shown";

const moment = (prompt: string, onset_s: number, more: Partial<Moment> = {}): Moment => ({
  ...{ prompt, onset_s, offset_s: onset_s + 1, peak: 0.6, mean: 0.5 },
  ...{ key: `${prompt}@${onset_s}`, found: [onset_s, onset_s + 1] },
  ...more,
});
const moments = [
  moment("dog", 1),
  moment("bell", 2, { verdict: "rejected" }),
  moment("dog", 3, { peak: 0.9, verdict: "accepted" }),
];
const keys = (shown: readonly Moment[]) => shown.map(({ key }) => key);

describe("the moments on show", () => {
  it("are chosen by prompt, by verdict and by score", () => {
    const by = (change: object) => keys(moments.filter((one) => passes(one, { ...ALL_MOMENTS, ...change })));
    expect(by({})).toEqual(["dog@1", "bell@2", "dog@3"]);
    expect(by({ prompt: "dog" })).toEqual(["dog@1", "dog@3"]);
    expect(by({ verdict: "open" })).toEqual(["dog@1"]);
    expect(by({ verdict: "rejected" })).toEqual(["bell@2"]);
    expect(by({ leastPeak: 0.7 })).toEqual(["dog@3"]);
    expect(isFiltered(ALL_MOMENTS)).toBe(false);
    expect(isFiltered({ ...ALL_MOMENTS, leastPeak: 0.1 })).toBe(true);
  });

  it("come prompt by prompt in the order of the rows, and groups fold", () => {
    const grouped = sorted(moments, "prompt", ["bell", "dog"]);
    expect(keys(grouped)).toEqual(["bell@2", "dog@1", "dog@3"]);
    const lines = linesOf(grouped, "prompt", new Set(["bell"]));
    expect(lines).toMatchObject([
      { kind: "group", prompt: "bell", count: 1, folded: true },
      { kind: "group", prompt: "dog", count: 2, folded: false },
      { kind: "moment", place: 0 },
      { kind: "moment", place: 1 },
    ]);
  });
});

describe("the window on a long list", () => {
  it("holds exactly the lines that can be seen", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 60 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: -200, max: 3000 }), fc.nat(800), (heights, from, length) => {
        const lines = linesOf(
          heights.map((_, index) => moment("dog", index)),
          "time",
          new Set(),
        );
        const offsets = offsetsOf(lines, (line) => (line.kind === "moment" ? heights[line.place] : 0));
        const [first, stop] = linesIn(offsets, from, from + length);
        heights.forEach((_, index) => {
          const seen = offsets[index + 1] > from && offsets[index] < from + length;
          expect(index >= first && index < stop).toBe(seen);
        });
      }),
    );
  });
});
