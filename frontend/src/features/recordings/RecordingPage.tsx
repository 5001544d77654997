import { useEffect } from "react";
import { openHome } from "../../app/route";
import { ProblemBox } from "../../ui/ProblemBox";
import { CommandPalette } from "../commands/CommandPalette";
import { Inspector } from "../detections/Inspector";
import { MomentsPanel } from "../detections/MomentsPanel";
import { SelectionPanel } from "../detections/SelectionPanel";
import { UnderPlayhead } from "../detections/UnderPlayhead";
import { PlayerBar } from "../playback/PlayerBar";
import { useKeys } from "../playback/use-keys";
import { useSession, useWorkspace } from "../session/context";
import { Stage } from "../timeline/Stage";
import { ChaptersPanel } from "./ChaptersPanel";
import { ConnectionNote } from "./ConnectionNote";
import { LinkSteps } from "./LinkSteps";
import { lacksAudio } from "./link-steps";
import { RecordingHead } from "./RecordingHead";
import { StageNotes } from "./StageNotes";

export function RecordingPage() {
  const { session } = useWorkspace();
  const recording = useSession((state) => state.recording);
  const loadProblem = useSession((state) => state.loadProblem);
  const heard = useSession((state) => state.matrixVersion > 0 && session.matrix.heardUntilS > 0);
  useKeys();
  useTitle(recording?.title);
  if (!recording) {
    return (
      <main className="stage-message">
        <h1 className="visually-hidden">Recording</h1>
        {loadProblem ? (
          <ProblemBox problem={loadProblem} large>
            <button type="button" className="btn btn-go" onClick={() => session.retryConnection()}>
              Try again
            </button>
            <button type="button" className="btn" onClick={openHome}>
              Back to the start
            </button>
          </ProblemBox>
        ) : (
          <p role="status">Opening the recording</p>
        )}
      </main>
    );
  }
  const failure = recording.state === "failed" ? recording.error : null;
  return (
    <>
      <RecordingHead recording={recording} />
      <ConnectionNote />
      <main className="body">
        {failure && !heard ? (
          <div className="stage-message">
            <ProblemBox problem={failure} large>
              {lacksAudio(recording) ? (
                <LinkSteps recording={recording} />
              ) : (
                <>
                  <button type="button" className="btn btn-go" onClick={() => void session.analyse()}>
                    Analyse again
                  </button>
                  <button type="button" className="btn" onClick={openHome}>
                    Choose another file
                  </button>
                </>
              )}
            </ProblemBox>
          </div>
        ) : (
          <div className="stage-column">
            <StageNotes recording={recording} />
            <Stage />
          </div>
        )}
        <aside className="side" aria-label="What was found">
          <UnderPlayhead />
          <ChaptersPanel />
          <Inspector />
          <SelectionPanel />
          <MomentsPanel />
          {recording.source.attribution && <p className="attribution">{recording.source.attribution}</p>}
        </aside>
      </main>
      <PlayerBar />
      <CommandPalette />
    </>
  );
}

/** The tab is named after the recording on show. */
function useTitle(title: string | undefined): void {
  useEffect(() => {
    if (title === undefined) return;
    const before = document.title;
    document.title = `${title}, SonoTag`;
    return () => {
      document.title = before;
    };
  }, [title]);
}
