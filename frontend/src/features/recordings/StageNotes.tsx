import type { Recording } from "../../api/types";
import { useWords } from "../../i18n/language";
import { ProblemBox } from "../../ui/ProblemBox";
import { useRecordingAccess } from "../access/recording-access";
import { useSession, useWorkspace } from "../session/context";
import { LinkSteps } from "./LinkSteps";
import { lacksAudio } from "./link-steps";

/** Problems that leave the map standing, in a line above it. */
export function StageNotes({ recording }: { recording: Recording }) {
  const { recordings } = useWords();
  const { session } = useWorkspace();
  const readOnly = useRecordingAccess(session.id).read_only;
  const actionProblem = useSession((state) => state.actionProblem);
  const failure = recording.state === "failed" ? recording.error : null;
  return (
    <>
      {failure && (
        <ProblemBox problem={failure}>
          {readOnly ? null : lacksAudio(recording) ? (
            <LinkSteps recording={recording} />
          ) : (
            <button type="button" className="btn" onClick={() => void session.analyse()}>
              {recordings.analyseAgain}
            </button>
          )}
        </ProblemBox>
      )}
      {actionProblem && <ProblemBox problem={actionProblem} onDismiss={() => session.dismissProblem()} />}
      {recording.state === "paused" && recording.error && <ProblemBox problem={recording.error} quiet />}
      {recording.warning && <ProblemBox problem={recording.warning} quiet />}
    </>
  );
}
