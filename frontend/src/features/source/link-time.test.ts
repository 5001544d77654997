import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTime, readStretch, writeTime } from "./link-time";

describe("times as people write them", () => {
  it.each([
    ["750", 750],
    ["12:30", 750],
    [" 1:02:03 ", 3723],
    ["75:12", 4512],
    ["1h2m", 3720],
    ["1h 2min 3s", 3723],
    ["90s", 90],
    ["2m", 120],
    ["2M", 120],
    ["0", 0],
    ["0:07.5", 7.5],
    ["7,5", 7.5],
  ])("reads %s", (text, seconds) => expect(parseTime(text)).toBe(seconds));

  it.each(["", "abc", "12:75", "1:75:00", "-3", "1:2:3:4", "h", "m", "12:", ":30", "1e3", "12 30"])(
    "does not take %s for a time",
    (text) => expect(parseTime(text)).toBeNull(),
  );

  it("reads back what it writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 359_999 }), (seconds) => {
        expect(parseTime(writeTime(seconds))).toBe(seconds);
      }),
    );
    expect(parseTime(writeTime(12.5))).toBe(12.5);
  });
});

describe("a stretch", () => {
  it("is everything when nothing is said", () =>
    expect(readStretch("", " ")).toEqual({ startS: null, endS: null }));
  it("may be open at one end", () => {
    expect(readStretch("1:00", "")).toEqual({ startS: 60, endS: null });
    expect(readStretch("0:00", "90")).toEqual({ startS: null, endS: 90 });
  });
  it("says what is wrong with it", () => {
    expect(readStretch("1:00", "0:30")).toMatch(/after the start/);
    expect(readStretch("", "0")).toMatch(/after the start/);
    expect(readStretch("soon", "")).toMatch(/“soon” is not a time/);
    expect(readStretch("0:10", "late")).toMatch(/“late” is not a time/);
  });
});
