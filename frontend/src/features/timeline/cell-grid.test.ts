import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CellFacts, cellSpan, cellStep, cellWords, columnAt, columnsOf, moveBy } from "./cell-grid";

const field = { rows: 3, stepS: 2, durationS: 68, spanS: 20 };
const press = (key: string, ctrl = false) => ({ key, ctrl });

describe("the cells of the map", () => {
  it("are wide enough to be told apart, and never finer than the model's frames", () => {
    expect(cellStep({ startS: 0, endS: 68 }, 1000, 0.125)).toBe(2);
    expect(cellStep({ startS: 0, endS: 36_000 }, 1000, 0.125)).toBe(900);
    expect(cellStep({ startS: 10, endS: 11 }, 1000, 0.125)).toBe(0.125);
    fc.assert(
      fc.property(
        fc.double({ min: 0.25, max: 36_000, noNaN: true }),
        fc.integer({ min: 200, max: 3000 }),
        (span, width) => {
          const step = cellStep({ startS: 5, endS: 5 + span }, width, 0.3125);
          expect(step).toBeGreaterThanOrEqual(0.3125);
          expect((step / span) * width).toBeGreaterThanOrEqual(24 - 1e-6);
        },
      ),
    );
  });

  it("cover the recording and end with it", () => {
    expect(columnsOf(field)).toBe(34);
    expect(columnAt(68, field)).toBe(33);
    expect(cellSpan(33, { ...field, durationS: 67.5 })).toEqual({ startS: 66, endS: 67.5 });
    expect(columnsOf({ ...field, durationS: 0 })).toBe(1);
  });

  it("are walked by the keys of a grid, and never left", () => {
    const at = { row: 1, timeS: 10 };
    expect(moveBy(press("ArrowRight"), at, field)).toEqual({ row: 1, timeS: 12 });
    expect(moveBy(press("ArrowUp"), at, field)).toEqual({ row: 0, timeS: 10 });
    expect(moveBy(press("PageDown"), at, field)).toEqual({ row: 1, timeS: 30 });
    expect(moveBy(press("End"), at, field)).toEqual({ row: 1, timeS: 66 });
    expect(moveBy(press("End", true), at, field)).toEqual({ row: 2, timeS: 66 });
    expect(moveBy(press("Home", true), at, field)).toEqual({ row: 0, timeS: 0 });
    expect(moveBy(press("a"), at, field)).toBeNull();
    const keys = fc.constantFrom(
      "ArrowLeft",
      "ArrowRight",
      "ArrowUp",
      "ArrowDown",
      "PageUp",
      "PageDown",
      "End",
    );
    fc.assert(
      fc.property(fc.array(keys, { maxLength: 40 }), (walk) => {
        let place = at;
        for (const key of walk) place = moveBy(press(key), place, field) ?? place;
        expect(place.row).toBeGreaterThanOrEqual(0);
        expect(place.row).toBeLessThan(3);
        expect(columnAt(place.timeS, field) * 2).toBe(place.timeS);
      }),
    );
  });

  it("say whose they are, when, and how they stand to the threshold", () => {
    const facts: CellFacts = {
      prompt: "church bell",
      span: { startS: 49, endS: 50 },
      score: 0.93,
      threshold: 0.5,
      covered: true,
      muted: false,
    };
    expect(cellWords(facts)).toBe("church bell, 0:49 to 0:50, score 0.93, above the threshold of 0.50");
    expect(cellWords({ ...facts, score: 0.4, muted: true })).toBe(
      "church bell, muted, 0:49 to 0:50, score 0.40, below the threshold of 0.50",
    );
    expect(cellWords({ ...facts, score: Number.NaN })).toContain("not heard yet");
    expect(cellWords({ ...facts, covered: false })).toContain("not covered");
    expect(cellWords({ ...facts, span: { startS: 49, endS: 49.125 } })).toContain("0:49.00 to 0:49.13");
  });
});
