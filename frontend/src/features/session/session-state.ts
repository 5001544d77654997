import type { Connection } from "../../api/event-socket";

import type { Problem } from "../../api/problem";
import type { Detection, ProgressEvent, PromptInfo, Recording } from "../../api/types";
import { applyVerdicts, isRejected, type Moment, type Verdicts } from "../detections/judge";
import type { ScoreMatrix } from "../timeline/score-matrix";

export interface Progress {
  stage: string;
  doneS: number;
  totalS: number | null;
  etaS: number | null;
  timesRealTime: number | null;
}

/** Bytes on their way to the server. */
export interface Arrival {
  doneBytes: number;
  totalBytes: number | null;
  bytesPerS: number | null;
  etaS: number | null;
}

/** How scores become moments, beside the threshold. */
export interface MomentRule {
  /** Of the threshold: a moment lasts while the score stays at or above this share of it. */
  releaseShare: number;
  mergeGapS: number;
  minLengthS: number;
}

/** What the reader set for one row alone. */
export interface RowSettings {
  /** Left out of the moments, the exports and the words under the playhead. */
  muted?: boolean;
  /** Instead of the threshold that all rows share. */
  threshold?: number;
  /** One of the row colours, from 1; without it the accent. */
  colour?: number;
}

/** What the reader edits, as one value: what undo goes back to. */
export interface Edits {
  prompts: string[];
  threshold: number;
  rows: Readonly<Record<string, RowSettings>>;
}

/** Everything that can be undone, as one value. */
export interface Steps extends Edits {
  verdicts: Verdicts;
  /** Keys of moments that the list leaves out. */
  hidden: ReadonlySet<string>;
}

export interface SessionState extends Steps {
  recording: Recording | null;
  /** Why there is no recording to show at all. */
  loadProblem: Problem | null;
  /** Why the last thing asked for did not happen. */
  actionProblem: Problem | null;
  connection: Connection;
  infos: Readonly<Record<string, PromptInfo>>;
  progress: Progress | null;
  arrival: Arrival | null;
  /** How long the last rows that were added took from the word to the scores, in ms; null before that. */
  rescoredMs: number | null;
  /** Steps whenever the score matrix changed, which itself stays outside React. */
  matrixVersion: number;
  /** What the server found. */
  found: Detection[];
  /** What is left of it by what people said, and what they added; the rejected are there, marked so. */
  moments: Moment[];
  /** The moments that count: without the rejected. */
  detections: Moment[];
  detectionsStale: boolean;
  /** Verdicts that the server has yet to confirm. */
  unsaved: number;
  /** It could not be reached with them; they are sent again. */
  savingFails: boolean;
  /** The server's rule, known with the first moments. */
  rule: MomentRule | null;
  busy: boolean;
}

export const INITIAL_SESSION: SessionState = {
  recording: null,
  loadProblem: null,
  actionProblem: null,
  connection: { kind: "connecting" },
  prompts: [],
  infos: {},
  progress: null,
  arrival: null,
  rescoredMs: null,
  matrixVersion: 0,
  found: [],
  moments: [],
  detections: [],
  detectionsStale: true,
  unsaved: 0,
  savingFails: false,
  verdicts: {},
  hidden: new Set(),
  rule: null,
  threshold: 0.5,
  rows: {},
  busy: false,
};

export function progressOf(event: ProgressEvent): Progress {
  return {
    stage: event.stage,
    doneS: event.done,
    totalS: event.total,
    etaS: event.eta_s,
    timesRealTime: event.times_real_time ?? null,
  };
}

export function arrivalOf(event: ProgressEvent): Arrival {
  return {
    doneBytes: event.done,
    totalBytes: event.total,
    bytesPerS: event.bytes_per_s ?? null,
    etaS: event.eta_s,
  };
}

export function isRunning(recording: Recording | null): boolean {
  const state = recording?.state;
  return state === "queued" || state === "fetching" || state === "analyzing" || state === "paused";
}

/** Whether all of the audio that there will be is there. */
export function hasAudio(recording: Recording | null): boolean {
  return recording !== null && !recording.arriving && recording.source.size_bytes > 0;
}

/** Length of the recording: what the container claims until the exact length is known, never less than heard. */
export function durationOf(recording: Recording | null): number {
  return Math.max(recording?.duration_s ?? 0, recording?.analyzed_s ?? 0);
}

export function thresholdOf(state: Edits, prompt: string): number {
  return state.rows[prompt]?.threshold ?? state.threshold;
}

/** The prompts that count: all but the muted. */
export function soundingPrompts(state: Edits): string[] {
  return state.prompts.filter((prompt) => !state.rows[prompt]?.muted);
}

/** Settings of rows with those of one row changed; what is undefined in the change is unset. */
export function withRow(rows: Edits["rows"], prompt: string, change: RowSettings): Edits["rows"] {
  const merged = { ...rows[prompt], ...change };
  const kept: RowSettings = {};
  if (merged.muted) kept.muted = true;
  if (merged.threshold !== undefined) kept.threshold = merged.threshold;
  if (merged.colour !== undefined) kept.colour = merged.colour;
  const { [prompt]: _, ...others } = rows;
  return Object.keys(kept).length === 0 ? others : { ...others, [prompt]: kept };
}

/** The moments that follow from what was found and what people said, for the words on the page. */
export function judged(
  state: SessionState,
  matrix: ScoreMatrix,
): Pick<SessionState, "moments" | "detections"> {
  const { found, verdicts } = state;
  const scoresOf = (prompt: string, onsetS: number, offsetS: number) =>
    matrix.statistics(prompt, onsetS, offsetS, 1);
  const moments = applyVerdicts(found, Object.values(verdicts), soundingPrompts(state), scoresOf);
  return { moments, detections: moments.filter((moment) => !isRejected(moment)) };
}
