import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  clampView,
  followView,
  frontView,
  panView,
  rowAt,
  spanBetween,
  spanOf,
  timeToX,
  viewAround,
  xToTime,
  zoomView,
} from "./geometry";

const duration = fc.double({ min: 2, max: 36_000, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe("time and pixels", () => {
  it("are each other's inverse", () => {
    fc.assert(
      fc.property(duration, share, share, (length, from, at) => {
        const view = clampView({ startS: from * length, endS: length }, length);
        const timeS = view.startS + at * spanOf(view);
        expect(xToTime(view, 847, timeToX(view, 847, timeS))).toBeCloseTo(timeS, 6);
      }),
    );
  });

  it("put the ends of the view at the ends of the track", () => {
    const view = { startS: 20, endS: 50 };
    expect(timeToX(view, 600, 20)).toBe(0);
    expect(timeToX(view, 600, 50)).toBe(600);
    expect(xToTime(view, 600, 300)).toBe(35);
  });
});

describe("a view", () => {
  it("never leaves the recording, however it is zoomed and moved", () => {
    const step = fc.tuple(
      fc.double({ min: 0.05, max: 20, noNaN: true }),
      share,
      fc.double({ min: -1, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(duration, fc.array(step, { maxLength: 12 }), (length, steps) => {
        let view = { startS: 0, endS: length };
        for (const [factor, anchor, move] of steps) {
          view = zoomView(view, length, factor, view.startS + anchor * spanOf(view));
          view = panView(view, length, move * length);
          expect(view.startS).toBeGreaterThanOrEqual(0);
          expect(view.endS).toBeLessThanOrEqual(length + 1e-6);
          expect(spanOf(view)).toBeGreaterThan(0.2);
        }
      }),
    );
  });

  it("keeps what is under the pointer where it is when zoomed", () => {
    const view = { startS: 0, endS: 100 };
    const zoomed = zoomView(view, 100, 4, 40);
    expect(timeToX(zoomed, 500, 40)).toBeCloseTo(timeToX(view, 500, 40), 9);
  });

  it("turns the page when the playhead leaves it, and only then", () => {
    const view = { startS: 10, endS: 20 };
    expect(followView(view, 100, 15)).toBe(view);
    const next = followView(view, 100, 20.5);
    expect(next.startS).toBeCloseTo(19.5);
    expect(spanOf(next)).toBeCloseTo(10);
  });

  it("keeps the front of an analysis in sight without changing its length", () => {
    const next = frontView({ startS: 0, endS: 20 }, 1000, 400);
    expect(spanOf(next)).toBeCloseTo(20);
    expect(timeToX(next, 100, 400)).toBeCloseTo(85);
    const early = { startS: 0, endS: 20 };
    expect(frontView(early, 1000, 3)).toBe(early);
  });

  it("goes down to a few frames and no further", () => {
    const view = zoomView({ startS: 0, endS: 100 }, 100, 1e6, 50);
    expect(spanOf(view)).toBeCloseTo(0.25);
    expect(xToTime(view, 2, 1)).toBeCloseTo(50);
  });

  it("shows a stretch with room at its sides, also where the stretch is a moment", () => {
    expect(viewAround({ startS: 10, endS: 20 }, 100)).toEqual({ startS: 9.4, endS: 20.6 });
    expect(spanOf(viewAround({ startS: 10, endS: 10 }, 100))).toBeCloseTo(0.25);
    expect(spanBetween(30, -4, 20)).toEqual({ startS: 0, endS: 20 });
  });

  it("finds the row under a height, and none below the last", () => {
    expect(rowAt(0, 34, 3)).toBe(0);
    expect(rowAt(101.9, 34, 3)).toBe(2);
    expect(rowAt(102, 34, 3)).toBeNull();
  });
});
