import { useWords } from "../../i18n/language";
import { usePlayback, useSession, useView, useWorkspace } from "../session/context";
import { isRunning } from "../session/session-state";
import { isWhole } from "./view-store";

/** Brings the view back to what moves on without it: the front of the analysis, or the playing sound. */
export function FollowChip() {
  const { session, viewport, player } = useWorkspace();
  const { timeline } = useWords();
  const running = useSession((state) => isRunning(state.recording));
  const playing = usePlayback((state) => state.playing);
  const positionS = usePlayback((state) => (state.playing ? state.positionS : 0));
  const inSight = useView(({ view }) => positionS >= view.startS && positionS <= view.endS);
  const following = useView((state) => state.following);
  const whole = useView(isWhole);
  if (whole) return null;
  const left = running && !following;
  const outOfSight = playing && !inSight;
  if (!left && !outOfSight) return null;
  const follow = () => {
    if (outOfSight) viewport.reveal(player.positionS);
    else viewport.startFollowing(session.matrix.heardUntilS);
  };
  return (
    <button type="button" className="chip follow-chip" onClick={follow}>
      {outOfSight ? timeline.backToPlayhead : timeline.followAnalysis}
    </button>
  );
}
