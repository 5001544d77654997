import { type ComponentType, type ReactNode, useDeferredValue, useEffect } from "react";
import type { Recording } from "../../api/types";
import { openHome } from "../../app/route";
import { useWords } from "../../i18n/language";
import { ProblemBox } from "../../ui/ProblemBox";
import { useAfterPaint } from "../../ui/use-after-paint";
import { useRecordingAccess } from "../access/recording-access";
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

/**
 * While an analysis runs the recording changes dozens of times a second, so what is shown of it asks for itself and
 * this page only for whether it is there.
 */
export function RecordingPage() {
  const { recordings } = useWords();
  const { session } = useWorkspace();
  // Deferred: what it lets in is much, and so is drawn in pieces that let the reader in between.
  const there = useDeferredValue(
    useSession((state) => state.recording !== null),
    false,
  );
  const title = useSession((state) => state.recording?.title);
  const attribution = useSession((state) => state.recording?.source.attribution);
  const failed = useSession((state) => state.recording?.state === "failed" && state.recording.error !== null);
  const heard = useSession((state) => state.matrixVersion > 0 && session.matrix.heardUntilS > 0);
  useKeys();
  useTitle(title);
  if (!there) return <NoRecording />;
  return (
    <>
      <Of part={RecordingHead} />
      <ConnectionNote />
      <main className="body">
        {failed && !heard ? (
          <Of part={Failure} />
        ) : (
          <div className="stage-column">
            <Of part={StageNotes} />
            <Stage />
          </div>
        )}
        <aside className="side" aria-label={recordings.found}>
          <AfterPaint>
            <UnderPlayhead />
            <ChaptersPanel />
            <Inspector />
            <SelectionPanel />
            <MomentsPanel />
            {attribution && (
              <p className="attribution" lang="en">
                {attribution}
              </p>
            )}
          </AfterPaint>
        </aside>
      </main>
      <PlayerBar />
      <AfterPaint>
        <CommandPalette />
      </AfterPaint>
    </>
  );
}

function AfterPaint(props: { children: ReactNode }) {
  return useAfterPaint() ? props.children : null;
}

/** A part of the page that shows the recording as it is now. */
function Of({ part: Part }: { part: ComponentType<{ recording: Recording }> }) {
  const recording = useSession((state) => state.recording);
  return recording && <Part recording={recording} />;
}

function NoRecording() {
  const { app, common, recordings } = useWords();
  const { session } = useWorkspace();
  const loadProblem = useSession((state) => state.loadProblem);
  return (
    <main className="stage-message">
      <h1 className="visually-hidden">{recordings.recording}</h1>
      {loadProblem ? (
        <ProblemBox problem={loadProblem} large>
          <button type="button" className="btn btn-go" onClick={() => session.retryConnection()}>
            {common.tryAgain}
          </button>
          <button type="button" className="btn" onClick={openHome}>
            {recordings.backToStart}
          </button>
        </ProblemBox>
      ) : (
        <p className="opening" role="status">
          {app.openingRecording}
        </p>
      )}
    </main>
  );
}

function Failure({ recording }: { recording: Recording }) {
  const { recordings } = useWords();
  const { session } = useWorkspace();
  const readOnly = useRecordingAccess(session.id).read_only;
  if (!recording.error) return null;
  return (
    <div className="stage-message">
      <ProblemBox problem={recording.error} large>
        {readOnly ? null : lacksAudio(recording) ? (
          <LinkSteps recording={recording} />
        ) : (
          <>
            <button type="button" className="btn btn-go" onClick={() => void session.analyse()}>
              {recordings.analyseAgain}
            </button>
            <button type="button" className="btn" onClick={openHome}>
              {recordings.chooseAnother}
            </button>
          </>
        )}
      </ProblemBox>
    </div>
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
