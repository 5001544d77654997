import { useSession, useWorkspace } from "../session/context";
import { isRunning } from "../session/session-state";

export interface Heard {
  untilS: number;
  /** Everything there is has been heard. */
  complete: boolean;
  /** More is on its way. */
  running: boolean;
}

export function useHeard(): Heard {
  const { session } = useWorkspace();
  useSession((state) => state.matrixVersion);
  const complete = useSession((state) => state.recording?.state === "done");
  const running = useSession((state) => isRunning(state.recording));
  return { untilS: session.matrix.heardUntilS, complete, running };
}
