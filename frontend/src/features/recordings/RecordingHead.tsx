import { problemOf } from "../../api/problem";
import type { Recording } from "../../api/types";
import { betterModel, useModels } from "../../app/models";
import { useNotice } from "../../app/notice";
import { openHome } from "../../app/route";
import { formatBytes, formatClock, plural } from "../../lib/format";
import { Icon } from "../../ui/Icon";
import { Menu } from "../../ui/Menu";
import { ProgressBar } from "../../ui/ProgressBar";
import { ExportMenu } from "../detections/ExportMenu";
import { useSession, useWorkspace } from "../session/context";
import type { RecordingSession } from "../session/session";
import { durationOf, isRunning } from "../session/session-state";
import { runWords } from "./run-words";

const KINDS = { upload: "upload", sample: "sample", url: "link" } as const;

/** What is spoken: the steps, not every number on the way. */
const SPOKEN_STATES: Record<Recording["state"], string> = {
  stored: "Not analysed yet",
  queued: "Queued",
  fetching: "Fetching",
  analyzing: "Analysing",
  done: "Analysis done",
  failed: "Analysis failed",
  cancelled: "Analysis cancelled",
};

export function RecordingHead({ recording }: { recording: Recording }) {
  const { session } = useWorkspace();
  const progress = useSession((state) => state.progress);
  const prompts = useSession((state) => state.prompts);
  const uncovered = useSession(
    (state) => state.prompts.filter((p) => state.infos[p]?.covered === false).length,
  );
  const busy = useSession((state) => state.busy);
  const running = isRunning(recording);
  const words = runWords(recording, progress);
  const resumable =
    recording.state === "cancelled" || recording.state === "failed" || recording.state === "stored";
  const better = useModels((state) => betterModel(state.overview, recording));
  const heardBy = useModels(
    (state) => state.overview?.models.find((one) => one.name === recording.model)?.title ?? "another model",
  );
  const durationS = durationOf(recording);
  return (
    <section className="head" aria-label="Recording">
      <div className="head-title">
        <h1>{recording.title}</h1>
        <p className="meta num">
          <span>{KINDS[recording.source.kind]}</span>
          {durationS > 0 && <span>{formatClock(durationS)}</span>}
          {recording.source.size_bytes ? <span>{formatBytes(recording.source.size_bytes)}</span> : null}
          {better !== null && <span>heard by {heardBy}</span>}
          <span>
            {plural(prompts.length, "prompt", "prompts")}
            {uncovered > 0 && `, ${uncovered} not covered`}
          </span>
        </p>
      </div>
      <div className="run">
        <p className="run-words num">
          <b>{words.lead}</b>
          {words.rest}
        </p>
        <p className="visually-hidden" role="status">
          {SPOKEN_STATES[recording.state]}
        </p>
        <ProgressBar share={words.share} label="Analysis" />
      </div>
      <div className="head-actions">
        {running && (
          <button type="button" className="btn" disabled={busy} onClick={() => void session.cancel()}>
            Cancel
          </button>
        )}
        {better !== null && (
          <button
            type="button"
            className="btn"
            disabled={busy}
            title="Another model heard this recording; its scores are not mixed with this one's"
            onClick={() => void session.analyse()}
          >
            Analyse again with {better}
          </button>
        )}
        {resumable && (
          <button type="button" className="btn btn-go" disabled={busy} onClick={() => void session.analyse()}>
            {recording.state === "stored" ? "Analyse" : "Analyse again"}
          </button>
        )}
        <ExportMenu />
        <Menu className="btn btn-icon" ariaLabel="Delete recording" label={<Icon name="trash" size={16} />}>
          {(close) => (
            <div className="confirm">
              <p>Delete this recording and its scores?</p>
              <div className="confirm-buttons">
                <button type="button" className="btn btn-danger" onClick={() => void remove(session)}>
                  Delete
                </button>
                <button type="button" className="btn" onClick={close}>
                  Keep
                </button>
              </div>
            </div>
          )}
        </Menu>
      </div>
    </section>
  );
}

async function remove(session: RecordingSession): Promise<void> {
  try {
    await session.remove();
    openHome();
  } catch (error) {
    useNotice.getState().show(problemOf(error));
  }
}
