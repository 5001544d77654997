import type { Connection } from "../../api/event-socket";

import type { Problem } from "../../api/problem";
import type { Detection, ProgressEvent, PromptInfo, Recording } from "../../api/types";

export interface Progress {
  stage: string;
  doneS: number;
  totalS: number | null;
  etaS: number | null;
  timesRealTime: number | null;
}

export interface SessionState {
  recording: Recording | null;
  /** Why there is no recording to show at all. */
  loadProblem: Problem | null;
  /** Why the last thing asked for did not happen. */
  actionProblem: Problem | null;
  connection: Connection;
  prompts: string[];
  infos: Readonly<Record<string, PromptInfo>>;
  progress: Progress | null;
  /** Steps whenever the score matrix changed, which itself stays outside React. */
  matrixVersion: number;
  detections: Detection[];
  detectionsStale: boolean;
  threshold: number;
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
  matrixVersion: 0,
  detections: [],
  detectionsStale: true,
  threshold: 0.5,
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

export function isRunning(recording: Recording | null): boolean {
  const state = recording?.state;
  return state === "queued" || state === "fetching" || state === "analyzing";
}

/** Length of the recording: what the container claims until the exact length is known, never less than heard. */
export function durationOf(recording: Recording | null): number {
  return Math.max(recording?.duration_s ?? 0, recording?.analyzed_s ?? 0);
}
