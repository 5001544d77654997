import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NO_PACE, type Pace, rateOf, secondsLeft, withMark } from "./pace";

const steady = (rate: number, seconds: number): Pace => {
  let pace = NO_PACE;
  for (let at = 0; at <= seconds * 1000; at += 250) pace = withMark(pace, at, (at / 1000) * rate);
  return pace;
};

describe("pace", () => {
  test("says nothing before there is anything to say", () => {
    expect(rateOf(NO_PACE)).toBeNull();
    expect(secondsLeft(NO_PACE, 100)).toBeNull();
    expect(rateOf(withMark(withMark(NO_PACE, 0, 0), 100, 50))).toBeNull();
  });

  test("a steady pace is told exactly, and so is what is left", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 60 }), (rate, seconds) => {
        const pace = steady(rate, seconds);
        expect(rateOf(pace)).toBeCloseTo(rate, 0);
        expect(secondsLeft(pace, rate * (seconds + 10))).toBeCloseTo(10, 1);
      }),
    );
  });

  test("a change of pace is followed within seconds, and few marks are kept", () => {
    let pace = steady(1000, 20);
    const before = 20_000;
    for (let at = 250; at <= 6000; at += 250) pace = withMark(pace, 20_000 + at, before + (at / 1000) * 10);
    expect(rateOf(pace)).toBeCloseTo(10, 0);
    expect(pace.marks.length).toBeLessThan(30);
  });

  test("a piece that has to be sent again does not make a negative pace", () => {
    const pace = withMark(steady(1000, 3), 3250, 100);
    expect(rateOf(pace)).toBeNull();
    expect(secondsLeft(pace, 1000)).toBeNull();
  });
});
