import { usePlayback, useSession, useWorkspace } from "./context";

/**
 * What a prompt scores under the playhead, NaN where that is not known. While an analysis runs scores come in dozens
 * of times a second; what shows this one is rendered when it changes, not each time.
 */
export function useScoreHere(prompt: string): number {
  const { session, player } = useWorkspace();
  const score = () => session.matrix.scoreAt(prompt, player.store.getState().positionS);
  useSession(score);
  return usePlayback(score);
}
