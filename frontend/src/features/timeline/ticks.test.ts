import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { timeToX } from "./geometry";
import { ticksFor } from "./ticks";

describe("ticks", () => {
  it("stand at round times", () => {
    const labels = ticksFor({ startS: 0, endS: 68 }, 850, 72).map((tick) => tick.label);
    expect(labels).toEqual(["0:00", "0:10", "0:20", "0:30", "0:40", "0:50", "1:00"]);
  });

  it("show tenths when the view is short", () => {
    const ticks = ticksFor({ startS: 3, endS: 4 }, 850, 72);
    expect(ticks[0].label).toBe("0:03.0");
    expect(ticks[1].label).toBe("0:03.1");
  });

  it("never crowd and never run out, from a second to twelve hours", () => {
    const view = fc.tuple(
      fc.double({ min: 0, max: 1000, noNaN: true }),
      fc.double({ min: 1, max: 43_200, noNaN: true }),
    );
    fc.assert(
      fc.property(view, fc.integer({ min: 250, max: 3000 }), ([startS, spanS], width) => {
        const shown = { startS, endS: startS + spanS };
        const xs = ticksFor(shown, width, 72).map((tick) => timeToX(shown, width, tick.timeS));
        expect(xs.length).toBeLessThanOrEqual(Math.ceil(width / 72) + 1);
        for (let index = 1; index < xs.length; index += 1)
          expect(xs[index] - xs[index - 1]).toBeGreaterThan(71.9);
      }),
    );
  });
});
