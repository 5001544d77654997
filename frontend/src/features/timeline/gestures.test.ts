import { describe, expect, it } from "vitest";
import { dragFor, isDrag, type Press, wheelAction } from "./gestures";

const press: Press = {
  pointer: "mouse",
  button: 0,
  shift: false,
  onAxis: false,
  onPlayhead: false,
  whole: false,
};

describe("a drag", () => {
  it("of the mouse marks time, on the axis or with shift it moves the recording", () => {
    expect(dragFor(press)).toBe("select");
    expect(dragFor({ ...press, whole: true })).toBe("select");
    expect(dragFor({ ...press, onAxis: true })).toBe("pan");
    expect(dragFor({ ...press, shift: true })).toBe("pan");
    expect(dragFor({ ...press, button: 1 })).toBe("pan");
    expect(dragFor({ ...press, button: 2 })).toBeNull();
  });

  it("scrubs by the handle of the playhead, and where there is nowhere to go", () => {
    expect(dragFor({ ...press, onPlayhead: true, shift: true })).toBe("scrub");
    expect(dragFor({ ...press, onAxis: true, whole: true })).toBe("scrub");
  });

  it("of a finger moves the recording, or scrubs through all of it", () => {
    expect(dragFor({ ...press, pointer: "touch" })).toBe("pan");
    expect(dragFor({ ...press, pointer: "touch", whole: true })).toBe("scrub");
  });

  it("begins later for a finger than for a mouse", () => {
    expect(isDrag("mouse", -4)).toBe(true);
    expect(isDrag("touch", 4)).toBe(false);
    expect(isDrag("touch", -9)).toBe(true);
  });
});

describe("a wheel", () => {
  const wheel = { deltaX: 0, deltaY: -100, deltaMode: 0, shiftKey: false };

  it("zooms in when turned away and out by the same when turned back", () => {
    const there = wheelAction(wheel);
    const back = wheelAction({ ...wheel, deltaY: 100 });
    if (!("zoom" in there) || !("zoom" in back)) throw new Error("a wheel zooms");
    expect(there.zoom).toBeGreaterThan(1.1);
    expect(there.zoom * back.zoom).toBeCloseTo(1);
  });

  it("pans with shift, sideways by itself, and by as much where it counts in lines", () => {
    expect(wheelAction({ ...wheel, deltaY: 100, shiftKey: true })).toEqual({ panPx: 100 });
    expect(wheelAction({ ...wheel, deltaX: -30, deltaY: 2 })).toEqual({ panPx: -30 });
    expect(wheelAction({ ...wheel, deltaX: 3, deltaY: 0, deltaMode: 1 })).toEqual({ panPx: 120 });
  });
});
