import type { Recording } from "../../api/types";

/** A chapter on the recording's own time axis. */
export interface Part {
  title: string;
  startS: number;
  endS: number;
}

/** The chapters of a recording, each up to the next; those beyond its end are left out. */
export function chaptersOf(recording: Recording | null, durationS: number): Part[] {
  const link = recording?.link;
  if (!link || link.chapters.length === 0) return [];
  const sorted = [...link.chapters].sort((a, b) => a.start_s - b.start_s);
  return sorted
    .map(({ title, start_s }, index) => ({
      title,
      startS: start_s,
      endS: Math.min(durationS, sorted[index + 1]?.start_s ?? Number.POSITIVE_INFINITY),
    }))
    .filter(({ startS, endS }) => endS > startS);
}

/** The one that a moment lies in; null before the first. */
export function chapterAt(parts: readonly Part[], timeS: number): Part | null {
  return parts.findLast((part) => part.startS <= timeS) ?? null;
}
