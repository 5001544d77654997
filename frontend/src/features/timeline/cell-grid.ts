import { words } from "../../i18n/language";
import { formatClock, formatClockHundredths, formatClockTenths, formatScore } from "../../lib/format";
import { spanOf, type View } from "./geometry";

/** Narrower than this, one cell can hardly be told from the next. */
const NARROWEST_PX = 24;
const STEPS_S = [0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 36_000];
const EDGE = 1e-6;

/**
 * Length of the cells that the map is walked by: the model's frames where these are wide enough to be seen, else
 * the smallest round length that is.
 */
export function cellStep(view: View, width: number, frameS: number): number {
  const leastS = (spanOf(view) / Math.max(1, width)) * NARROWEST_PX;
  if (frameS >= leastS) return frameS;
  return STEPS_S.find((step) => step >= leastS && step > frameS) ?? STEPS_S[STEPS_S.length - 1];
}

/** Where one stands in the map: cells are counted in time, so that the place outlives a zoom. */
export interface Place {
  row: number;
  timeS: number;
}

export interface Field {
  rows: number;
  stepS: number;
  durationS: number;
  /** Length of the view, for turning pages. */
  spanS: number;
}

export function columnsOf({ durationS, stepS }: Field): number {
  return Math.max(1, Math.ceil(durationS / stepS - EDGE));
}

export function columnAt(timeS: number, field: Field): number {
  return Math.min(Math.max(0, Math.floor(timeS / field.stepS + EDGE)), columnsOf(field) - 1);
}

export function cellSpan(column: number, { stepS, durationS }: Field): View {
  return { startS: column * stepS, endS: Math.min((column + 1) * stepS, Math.max(durationS, stepS)) };
}

export interface Key {
  key: string;
  ctrl: boolean;
}

/**
 * Where a key leads, as in any grid: arrows to the neighbours, Home and End along the row, with Ctrl to the first
 * and the last cell of all, page keys by what is on show. Null for keys that lead nowhere.
 */
export function moveBy({ key, ctrl }: Key, place: Place, field: Field): Place | null {
  const column = columnAt(place.timeS, field);
  const last = columnsOf(field) - 1;
  const page = Math.max(1, Math.floor(field.spanS / field.stepS));
  const to = (row: number, next: number): Place => ({
    row: Math.min(Math.max(0, row), field.rows - 1),
    timeS: Math.min(Math.max(0, next), last) * field.stepS,
  });
  switch (key) {
    case "ArrowLeft":
      return to(place.row, column - 1);
    case "ArrowRight":
      return to(place.row, column + 1);
    case "ArrowUp":
      return to(place.row - 1, column);
    case "ArrowDown":
      return to(place.row + 1, column);
    case "Home":
      return to(ctrl ? 0 : place.row, 0);
    case "End":
      return to(ctrl ? field.rows - 1 : place.row, last);
    case "PageUp":
      return to(place.row, column - page);
    case "PageDown":
      return to(place.row, column + page);
    default:
      return null;
  }
}

export interface CellFacts {
  prompt: string;
  span: View;
  /** The highest score in the cell, NaN where none is known. */
  score: number;
  threshold: number;
  covered: boolean;
  muted: boolean;
}

/** A cell in words: whose it is, when, and how it stands to its threshold. */
export function cellWords({ prompt, span, score, threshold, covered, muted }: CellFacts): string {
  const { common, timeline } = words();
  const when = common.range(clock(span, span.startS), clock(span, span.endS));
  const lead = muted ? [prompt, timeline.muted, when] : [prompt, when];
  const standing = () => {
    if (!covered) return common.notCovered;
    if (Number.isNaN(score)) return timeline.notHeardYet;
    return timeline.cellScore(formatScore(score), score >= threshold, formatScore(threshold));
  };
  return [...lead, standing()].join(", ");
}

function clock(span: View, timeS: number): string {
  const lengthS = spanOf(span);
  if (lengthS >= 1) return formatClock(timeS);
  return lengthS >= 0.2 && lengthS !== 0.25 ? formatClockTenths(timeS) : formatClockHundredths(timeS);
}
