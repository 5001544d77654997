import { formatClock, formatClockHundredths, formatClockTenths } from "../../lib/format";
import type { View } from "./geometry";
import { spanOf } from "./geometry";

export interface Tick {
  timeS: number;
  label: string;
}

const STEPS_S = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400,
  36_000,
];

/** The smallest round step whose labels stand at least `minGapPx` apart. */
export function tickStep(view: View, width: number, minGapPx: number): number {
  const wanted = (spanOf(view) / Math.max(width, 1)) * minGapPx;
  return STEPS_S.find((step) => step >= wanted) ?? Math.ceil(wanted / 36_000) * 36_000;
}

export function ticksFor(view: View, width: number, minGapPx: number): Tick[] {
  const step = tickStep(view, width, minGapPx);
  const first = Math.ceil(view.startS / step - 1e-9);
  const last = Math.floor(view.endS / step + 1e-9);
  const ticks: Tick[] = [];
  for (let index = first; index <= last; index += 1) {
    const timeS = index * step;
    ticks.push({ timeS, label: tickLabel(timeS, step) });
  }
  return ticks;
}

function tickLabel(timeS: number, step: number): string {
  if (step >= 1) return formatClock(timeS);
  return step >= 0.1 ? formatClockTenths(timeS) : formatClockHundredths(timeS);
}
