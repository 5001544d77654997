import type { RecordingSession } from "../session/session";
import { isRunning } from "../session/session-state";

export interface Heard {
  untilS: number;
  /** Everything there is has been heard. */
  complete: boolean;
  /** More is on its way. */
  running: boolean;
}

/** How far the recording has been heard, as of now: for canvases, which ask when they are painted. */
export function heardOf({ matrix, store }: RecordingSession): Heard {
  const { recording } = store.getState();
  return {
    untilS: matrix.heardUntilS,
    complete: recording?.state === "done",
    running: isRunning(recording),
  };
}
