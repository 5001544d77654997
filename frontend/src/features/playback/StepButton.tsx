import { useWords } from "../../i18n/language";
import { Icon } from "../../ui/Icon";
import { nextMoment, previousMoment } from "../detections/moments";
import { useSteps } from "../detections/use-steps";
import { usePlayback, useWorkspace } from "../session/context";

/** To the moment before or after the playhead. */
export function StepButton({ to }: { to: "previous" | "next" }) {
  const { review } = useWorkspace();
  const { playback } = useWords();
  const steps = useSteps();
  const positionS = usePlayback((state) => state.positionS);
  const playing = usePlayback((state) => state.playing);
  const moment = to === "next" ? nextMoment(steps, positionS) : previousMoment(steps, positionS, playing);
  return (
    <button
      type="button"
      className="icon-btn"
      aria-label={to === "next" ? playback.nextMoment : playback.previousMoment}
      disabled={!moment}
      onClick={() => moment && review.open(moment)}
    >
      <Icon name={to} />
    </button>
  );
}
