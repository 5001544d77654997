import { useEffect } from "react";
import { problemOf } from "../../api/problem";
import type { Recording } from "../../api/types";
import { betterModel, useModels } from "../../app/models";
import { useNotice } from "../../app/notice";
import { openHome } from "../../app/route";
import { Icon } from "../../ui/Icon";
import { Menu } from "../../ui/Menu";
import { loadRecordingAccess, useRecordingAccess } from "../access/recording-access";
import { SharedNote } from "../access/SharedNote";
import { ExportMenu } from "../detections/ExportMenu";
import { useSession, useWorkspace } from "../session/context";
import type { RecordingSession } from "../session/session";
import { isRunning } from "../session/session-state";
import { ShareMenu } from "../share/ShareMenu";
import { useLink } from "../source/link-store";
import { HeadBars } from "./HeadBars";
import { HeadTitle } from "./HeadTitle";
import { lacksAudio } from "./link-steps";
import { PinButton } from "./PinButton";
import { arrivalWords, runWords } from "./run-words";

/** What is spoken: the steps, not every number on the way. */
const SPOKEN_STATES: Record<Recording["state"], string> = {
  stored: "Not analysed yet",
  queued: "Queued",
  fetching: "Fetching",
  analyzing: "Analysing",
  paused: "Paused, the server’s disk is full",
  done: "Analysis done",
  failed: "Analysis failed",
  cancelled: "Analysis cancelled",
};

export function RecordingHead({ recording }: { recording: Recording }) {
  const { session } = useWorkspace();
  const access = useRecordingAccess(session.id);
  useEffect(() => void loadRecordingAccess(session.id), [session.id]);
  const progress = useSession((state) => state.progress);
  const arrival = useSession((state) => state.arrival);
  const busy = useSession((state) => state.busy);
  const running = isRunning(recording) || recording.arriving;
  const words = runWords(recording, progress);
  const resumable =
    !access.read_only &&
    !recording.arriving &&
    !lacksAudio(recording) &&
    (recording.state === "cancelled" || recording.state === "failed" || recording.state === "stored");
  const lacking = !access.read_only && recording.state === "cancelled" && lacksAudio(recording);
  const better = useModels((state) => betterModel(state.overview, recording));
  const coming = arrivalWords(recording, arrival);
  return (
    <section className="head" aria-label="Recording">
      <HeadTitle recording={recording} otherModel={better !== null} />
      <div className="run">
        <p className="run-words num">
          {coming && (
            <span>
              <b>{coming.lead}</b>
              {coming.rest}
            </span>
          )}
          {(!coming || recording.analyzed_s > 0) && (
            <span>
              <b>{words.lead}</b>
              {words.rest}
            </span>
          )}
        </p>
        <p className="visually-hidden" role="status">
          {spoken(recording)}
        </p>
        <HeadBars arrival={coming} run={words} label={recording.link ? "Fetching" : "Uploading"} />
      </div>
      <div className="head-actions">
        {access.read_only && <SharedNote />}
        {running && !access.read_only && (
          <button type="button" className="btn" disabled={busy} onClick={() => void session.cancel()}>
            Cancel
          </button>
        )}
        {better !== null && !access.read_only && (
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
        {lacking && <FetchAgain recording={recording} />}
        {resumable && (
          <button type="button" className="btn btn-go" disabled={busy} onClick={() => void session.analyse()}>
            {recording.state === "stored" ? "Analyse" : "Analyse again"}
          </button>
        )}
        {access.owner && <PinButton recording={recording} />}
        <ShareMenu />
        <ExportMenu />
        {access.owner && <DeleteMenu session={session} />}
      </div>
    </section>
  );
}

function DeleteMenu({ session }: { session: RecordingSession }) {
  return (
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
  );
}

function FetchAgain({ recording }: { recording: Recording }) {
  const sending = useLink((state) => state.sending);
  return (
    <button
      type="button"
      className="btn btn-go"
      disabled={sending}
      onClick={() => void useLink.getState().fetchAgain(recording)}
    >
      Fetch again
    </button>
  );
}

function spoken(recording: Recording): string {
  if (recording.arriving && recording.state === "analyzing") return "Fetching and analysing";
  if (recording.state === "failed" && lacksAudio(recording)) return "Fetching failed";
  return SPOKEN_STATES[recording.state];
}

async function remove(session: RecordingSession): Promise<void> {
  try {
    await session.remove();
    openHome();
  } catch (error) {
    useNotice.getState().show(problemOf(error));
  }
}
