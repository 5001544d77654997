import { useEffect } from "react";
import { problemOf } from "../../api/problem";
import type { Recording } from "../../api/types";
import { betterModel, useModels } from "../../app/models";
import { useNotice } from "../../app/notice";
import { openHome } from "../../app/route";
import { useWords, words } from "../../i18n/language";
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

export function RecordingHead({ recording }: { recording: Recording }) {
  const { common, recordings } = useWords();
  const { session } = useWorkspace();
  const access = useRecordingAccess(session.id);
  useEffect(() => void loadRecordingAccess(session.id), [session.id]);
  const progress = useSession((state) => state.progress);
  const arrival = useSession((state) => state.arrival);
  const busy = useSession((state) => state.busy);
  const running = isRunning(recording) || recording.arriving;
  const run = runWords(recording, progress);
  const resumable =
    !access.read_only &&
    !recording.arriving &&
    !lacksAudio(recording) &&
    (recording.state === "cancelled" || recording.state === "failed" || recording.state === "stored");
  const lacking = !access.read_only && recording.state === "cancelled" && lacksAudio(recording);
  const better = useModels((state) => betterModel(state.overview, recording));
  const coming = arrivalWords(recording, arrival);
  return (
    <section className="head" aria-label={recordings.recording}>
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
              <b>{run.lead}</b>
              {run.rest}
            </span>
          )}
        </p>
        <p className="visually-hidden" role="status">
          {spoken(recording)}
        </p>
        <HeadBars
          arrival={coming}
          run={run}
          label={recording.link ? recordings.fetching : recordings.uploading}
        />
      </div>
      <div className="head-actions">
        {access.read_only && <SharedNote />}
        {running && !access.read_only && (
          <button type="button" className="btn" disabled={busy} onClick={() => void session.cancel()}>
            {common.cancel}
          </button>
        )}
        {better !== null && !access.read_only && (
          <button
            type="button"
            className="btn"
            disabled={busy}
            title={recordings.otherModel}
            onClick={() => void session.analyse()}
          >
            {recordings.analyseAgainWith(better)}
          </button>
        )}
        {lacking && <FetchAgain recording={recording} />}
        {resumable && (
          <button type="button" className="btn btn-go" disabled={busy} onClick={() => void session.analyse()}>
            {recording.state === "stored" ? recordings.analyse : recordings.analyseAgain}
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
  const { recordings } = useWords();
  return (
    <Menu
      className="btn btn-icon"
      ariaLabel={recordings.deleteRecording}
      label={<Icon name="trash" size={16} />}
    >
      {(close) => (
        <div className="confirm">
          <p>{recordings.deleteAsked}</p>
          <div className="confirm-buttons">
            <button type="button" className="btn btn-danger" onClick={() => void remove(session)}>
              {recordings.delete}
            </button>
            <button type="button" className="btn" onClick={close}>
              {recordings.keep}
            </button>
          </div>
        </div>
      )}
    </Menu>
  );
}

function FetchAgain({ recording }: { recording: Recording }) {
  const { recordings } = useWords();
  const sending = useLink((state) => state.sending);
  return (
    <button
      type="button"
      className="btn btn-go"
      disabled={sending}
      onClick={() => void useLink.getState().fetchAgain(recording)}
    >
      {recordings.fetchAgain}
    </button>
  );
}

function spoken(recording: Recording): string {
  const { recordings } = words();
  if (recording.arriving && recording.state === "analyzing") return recordings.fetchingAndAnalysing;
  if (recording.state === "failed" && lacksAudio(recording)) return recordings.fetchingFailed;
  return recordings.spoken[recording.state];
}

async function remove(session: RecordingSession): Promise<void> {
  try {
    await session.remove();
    openHome();
  } catch (error) {
    useNotice.getState().show(problemOf(error));
  }
}
