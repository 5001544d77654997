import { formatScore } from "../../lib/format";
import { useSession } from "../session/context";

export function NoMoments() {
  const state = useSession((session) => session.recording?.state);
  const prompts = useSession((session) => session.prompts.length);
  const threshold = useSession((session) => session.threshold);
  const words =
    prompts === 0
      ? "Type a sound to look for, and its moments are listed here."
      : state === "done"
        ? `No prompt reaches ${formatScore(threshold)}. Lower the score, or try other words.`
        : "Nothing yet.";
  return <p className="moments-none">{words}</p>;
}
