import { useWords } from "../../i18n/language";
import { formatScore } from "../../lib/format";
import { useSession } from "../session/context";

export function NoMoments() {
  const { detections } = useWords();
  const state = useSession((session) => session.recording?.state);
  const prompts = useSession((session) => session.prompts.length);
  // What the server found in a long recording comes a moment after its scores.
  const told = useSession((session) => session.rule !== null || !session.detectionsStale);
  const threshold = useSession((session) => session.threshold);
  const words =
    prompts === 0
      ? detections.typeASound
      : state === "done" && told
        ? detections.noneReaches(formatScore(threshold))
        : detections.nothingYet;
  return <p className="moments-none">{words}</p>;
}
