/** What a press on the tracks becomes once it is dragged. A press that is not dragged is a click: it seeks. */
export type Drag = "select" | "pan" | "scrub";

export interface Press {
  pointer: "mouse" | "touch";
  /** 0 is the main button, 1 the middle one. */
  button: number;
  shift: boolean;
  /** Over the time axis, as on a ruler. */
  onAxis: boolean;
  /** On the handle of the playhead. */
  onPlayhead: boolean;
  /** Everything is on show, so there is nowhere to pan to. */
  whole: boolean;
}

/**
 * With a mouse: dragging marks time, as in an audio editor; the time axis, the shift key and the middle button
 * take hold of the recording and move it; the handle of the playhead scrubs. With a finger: one moves the
 * recording, or scrubs when all of it is on show, and a long press marks time.
 */
export function dragFor(press: Press): Drag | null {
  const { pointer, button, shift, onAxis, onPlayhead, whole } = press;
  if (button === 1) return "pan";
  if (button !== 0) return null;
  if (onPlayhead) return "scrub";
  const moves = pointer === "touch" || onAxis || shift;
  if (!moves) return "select";
  return whole ? "scrub" : "pan";
}

/** Pixels a press may move and still be a click: a finger is less steady than a mouse. */
export function isDrag(pointer: Press["pointer"], movedPx: number): boolean {
  return Math.abs(movedPx) > (pointer === "touch" ? 8 : 3);
}

const ZOOM_PER_WHEEL_PX = 0.0022;
/** What one notch of a wheel says where it counts in lines. */
const LINE_PX = 40;

export interface WheelLike {
  deltaX: number;
  deltaY: number;
  /** 0 in pixels, 1 in lines. */
  deltaMode: number;
  shiftKey: boolean;
}

/** A wheel zooms, a sideways one pans (in pixels), and shift makes the first the second. */
export function wheelAction(wheel: WheelLike): { zoom: number } | { panPx: number } {
  const unit = wheel.deltaMode === 1 ? LINE_PX : 1;
  const sideways = Math.abs(wheel.deltaX) > Math.abs(wheel.deltaY);
  if (wheel.shiftKey || sideways) return { panPx: (wheel.deltaX || wheel.deltaY) * unit };
  return { zoom: Math.exp(-wheel.deltaY * unit * ZOOM_PER_WHEEL_PX) };
}
