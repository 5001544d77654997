/** The stretch of the recording that the lanes show, in seconds. */
export interface View {
  startS: number;
  endS: number;
}

/** A few frames of any model fill the tracks. */
const SHORTEST_VIEW_S = 0.25;

export function timeToX(view: View, width: number, timeS: number): number {
  return ((timeS - view.startS) / (view.endS - view.startS)) * width;
}

export function xToTime(view: View, width: number, x: number): number {
  return view.startS + (x / width) * (view.endS - view.startS);
}

export function spanOf(view: View): number {
  return view.endS - view.startS;
}

/** Moves and trims a view until it lies inside 0..duration, keeping its length where that is possible. */
export function clampView(view: View, durationS: number): View {
  const whole = Math.max(durationS, 1e-3);
  const span = Math.min(whole, Math.max(spanOf(view), Math.min(SHORTEST_VIEW_S, whole)));
  const startS = Math.min(Math.max(0, view.startS), whole - span);
  return { startS, endS: startS + span };
}

/** Zooms by `factor` (above 1 shows less) so that the time under `anchorS` stays where it is. */
export function zoomView(view: View, durationS: number, factor: number, anchorS: number): View {
  const wanted = spanOf(view) / factor;
  const span = Math.min(Math.max(wanted, SHORTEST_VIEW_S), Math.max(durationS, 1e-3));
  const share = (anchorS - view.startS) / spanOf(view);
  const startS = anchorS - share * span;
  return clampView({ startS, endS: startS + span }, durationS);
}

export function panView(view: View, durationS: number, byS: number): View {
  return clampView({ startS: view.startS + byS, endS: view.endS + byS }, durationS);
}

/** The next view when the playhead runs out of the present one: it turns the page, it does not scroll. */
export function followView(view: View, durationS: number, timeS: number): View {
  if (timeS >= view.startS && timeS <= view.endS) return view;
  const lead = spanOf(view) * 0.1;
  return clampView({ startS: timeS - lead, endS: timeS - lead + spanOf(view) }, durationS);
}

/** The view turned by as little as brings a moment outside it in, and a tenth of it more. */
export function pageTo(view: View, durationS: number, timeS: number): View {
  const marginS = spanOf(view) * 0.1;
  const byS = timeS < view.startS ? timeS - view.startS - marginS : timeS - view.endS + marginS;
  return panView(view, durationS, byS);
}

/** Where the front of an analysis lies in a view that follows it. */
const FRONT_SHARE = 0.85;

/** The next view while an analysis runs: its front stays a little before the right edge. */
export function frontView(view: View, durationS: number, frontS: number): View {
  const startS = frontS - FRONT_SHARE * spanOf(view);
  const next = clampView({ startS, endS: startS + spanOf(view) }, durationS);
  return next.startS === view.startS && next.endS === view.endS ? view : next;
}

/** A stretch and some room at its sides, so that its edges can be seen and taken hold of. */
export function viewAround(span: View, durationS: number): View {
  const marginS = spanOf(span) * 0.06;
  const middleS = (span.startS + span.endS) / 2;
  const halfS = Math.max(spanOf(span) / 2 + marginS, SHORTEST_VIEW_S / 2);
  return clampView({ startS: middleS - halfS, endS: middleS + halfS }, durationS);
}

/** Two moments in any order as a stretch inside the recording. */
export function spanBetween(aS: number, bS: number, durationS: number): View {
  const inside = (timeS: number) => Math.min(Math.max(0, timeS), durationS);
  return { startS: inside(Math.min(aS, bS)), endS: inside(Math.max(aS, bS)) };
}

/** Index of the row under `y`, or null below the last one. */
export function rowAt(y: number, rowHeight: number, rows: number): number | null {
  const row = Math.floor(y / rowHeight);
  return row >= 0 && row < rows ? row : null;
}
