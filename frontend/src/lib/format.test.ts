import { describe, expect, it } from "vitest";
import {
  formatAgo,
  formatBytes,
  formatClock,
  formatClockHundredths,
  formatClockTenths,
  formatLength,
  formatPercent,
} from "./format";

describe("words for numbers", () => {
  it("tell times as clocks do", () => {
    expect(formatClock(0)).toBe("0:00");
    expect(formatClock(456.9)).toBe("7:36");
    expect(formatClock(3725)).toBe("1:02:05");
    expect(formatClockTenths(221.2)).toBe("3:41.2");
    expect(formatClockTenths(59.97)).toBe("1:00.0");
    expect(formatClockHundredths(59.996)).toBe("1:00.00");
    expect(formatClockHundredths(221.25)).toBe("3:41.25");
  });

  it("round no share away", () => {
    expect([0, 0.0001, 0.004, 0.37, 1].map(formatPercent)).toEqual([
      "0 %",
      "< 0.1 %",
      "0.4 %",
      "37 %",
      "100 %",
    ]);
  });

  it("tell lengths with their unit", () => {
    expect(formatLength(0.84)).toBe("0.8 s");
    expect(formatLength(9.97)).toBe("10 s");
    expect(formatLength(14.2)).toBe("14 s");
    expect(formatLength(80)).toBe("1 min 20 s");
    expect(formatLength(7500)).toBe("2 h 5 min");
  });

  it("tell sizes in decimal units", () => {
    expect(formatBytes(812)).toBe("812 B");
    expect(formatBytes(952_958)).toBe("953 kB");
    expect(formatBytes(999_900)).toBe("1.0 MB");
    expect(formatBytes(34_400_000)).toBe("34 MB");
  });

  it("tell how long ago", () => {
    const now = new Date("2026-11-20T12:00:00Z");
    expect(formatAgo("2026-11-20T11:59:40Z", now)).toBe("just now");
    expect(formatAgo("2026-11-20T11:59:00Z", now)).toBe("1 minute ago");
    expect(formatAgo("2026-11-20T09:00:00Z", now)).toBe("3 hours ago");
  });
});
