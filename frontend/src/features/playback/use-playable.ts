import { usePlayback, useSession } from "../session/context";
import { hasAudio } from "../session/session-state";

/** Whether the recording can be played: all of it has arrived, and this browser reads it. */
export function usePlayable(): boolean {
  const there = useSession((state) => hasAudio(state.recording));
  const unplayable = usePlayback((state) => state.unplayable);
  return there && !unplayable;
}
