import { create } from "zustand";
import { deleteRecording, startAnalysis } from "../../api/client";
import { ApiError, problemOf } from "../../api/problem";
import { type Sending, type SendingFile, sendFile } from "../../api/upload";
import { useNotice } from "../../app/notice";
import { openHome, openRecording, parseRoute } from "../../app/route";
import type { Chosen } from "./chosen-files";
import { type FileUpload, isUnderWay } from "./file-upload";
import { NO_PACE, withMark } from "./pace";

/** More at once would not be faster, and would keep the first from being heard early. */
const AT_ONCE = 2;
const BUSY_PAUSE_MS = 5000;

interface UploadsState {
  uploads: FileUpload[];
  leftOut: number;
  send: (chosen: Chosen, prompts: readonly string[]) => void;
  cancel: (key: number) => void;
  again: (key: number) => void;
  dismiss: () => void;
}

/** What cannot be shown: the file, the words to look for, and the connection once it is made. */
interface Job {
  sendingFile: SendingFile;
  prompts: readonly string[] | null;
  opens: boolean;
  sending: Sending | null;
  /** Whether nobody wants its recording any more. A file that is all sent is not dropped. */
  dropped: boolean;
}

let lastKey = 0;

export const useUploads = create<UploadsState>((set, get) => {
  const jobs = new Map<number, Job>();

  const find = (key: number) => get().uploads.find((upload) => upload.key === key);

  const change = (key: number, changes: Partial<FileUpload>) =>
    set(({ uploads }) => ({
      uploads: uploads.map((upload) => (upload.key === key ? { ...upload, ...changes } : upload)),
    }));

  const remove = (key: number, dropped: boolean) => {
    const job = jobs.get(key);
    if (job) job.dropped = dropped;
    jobs.delete(key);
    set(({ uploads }) => ({ uploads: uploads.filter((upload) => upload.key !== key) }));
    startMore();
  };

  const end = (key: number, changes: Partial<FileUpload>) => {
    change(key, changes);
    startMore();
    // One file needs no list of what was sent: its recording is on show.
    const { uploads } = get();
    if (uploads.length === 1 && uploads[0].state === "done") remove(uploads[0].key, false);
  };

  const startMore = () => {
    const under = get().uploads.filter(({ state }) => state === "sending" || state === "lost").length;
    const next = get().uploads.filter(({ state }) => state === "waiting");
    for (const { key } of next.slice(0, Math.max(0, AT_ONCE - under))) start(key);
  };

  const start = (key: number) => {
    const job = jobs.get(key);
    if (!job) return;
    change(key, { state: "sending" });
    job.sending = sendFile(job.sendingFile, {
      onRecording: (id) => {
        const isFirst = find(key)?.recordingId === null;
        change(key, { state: "sending", recordingId: id });
        if (isFirst) void listen(job, id);
      },
      onProgress: (sentBytes) => {
        const upload = find(key);
        if (upload) change(key, { sentBytes, pace: withMark(upload.pace, performance.now(), sentBytes) });
      },
      onWaiting: () => change(key, { state: "lost", pace: NO_PACE }),
      onDone: () => end(key, { state: "done", sentBytes: find(key)?.totalBytes ?? 0 }),
      onGone: () => remove(key, true),
      onProblem: (error) => fail(key, error),
    });
  };

  /** Has the recording analysed while its bytes arrive, and shows it if it is the first of what was chosen. */
  const listen = async (job: Job, id: string) => {
    for (;;) {
      try {
        await startAnalysis(id, job.prompts);
        break;
      } catch (error) {
        if (!(error instanceof ApiError) || error.problem.code !== "busy") {
          useNotice.getState().show(problemOf(error));
          break;
        }
      }
      await new Promise((later) => setTimeout(later, BUSY_PAUSE_MS));
      if (job.dropped) return;
    }
    if (job.opens && !job.dropped) openRecording(id, job.prompts);
  };

  const fail = (key: number, error: ApiError | Error) => {
    const { recordingId } = find(key) ?? {};
    const status = error instanceof ApiError ? error.status : 0;
    if (recordingId && status === 422) {
      // All of it arrived, and it is nothing that can be heard. Where its page is open, that says so.
      if (shownRecording() === recordingId) return remove(key, true);
      deleteRecording(recordingId).catch((failure) => useNotice.getState().show(problemOf(failure)));
    }
    end(key, { state: "failed", problem: problemOf(error), again: status === 0 || status >= 500 });
  };

  addEventListener("online", () => {
    for (const { key, state } of get().uploads) if (state === "lost") jobs.get(key)?.sending?.again();
  });

  return {
    uploads: [],
    leftOut: 0,
    send: ({ files, leftOut }, prompts) => {
      const added = files.map((sendingFile, place): FileUpload => {
        lastKey += 1;
        jobs.set(lastKey, {
          sendingFile,
          prompts: prompts.length > 0 ? prompts : null,
          opens: place === 0,
          sending: null,
          dropped: false,
        });
        return {
          key: lastKey,
          name: sendingFile.path,
          totalBytes: sendingFile.file.size,
          sentBytes: 0,
          pace: NO_PACE,
          state: "waiting",
          recordingId: null,
          problem: null,
          again: false,
        };
      });
      // What was sent before and has ended makes room for what is sent now.
      set(({ uploads }) => ({ uploads: [...uploads.filter(isUnderWay), ...added], leftOut }));
      startMore();
    },
    cancel: (key) => {
      const upload = find(key);
      const sending = jobs.get(key)?.sending;
      remove(key, true);
      if (upload?.recordingId && shownRecording() === upload.recordingId) openHome();
      sending?.cancel().catch((error) => useNotice.getState().show(problemOf(error)));
    },
    again: (key) => {
      change(key, { state: "sending", problem: null });
      jobs.get(key)?.sending?.again();
    },
    dismiss: () => {
      for (const { key } of get().uploads.filter((upload) => !isUnderWay(upload))) jobs.delete(key);
      set(({ uploads }) => ({ uploads: uploads.filter(isUnderWay), leftOut: 0 }));
    },
  };
});

function shownRecording(): string | null {
  const route = parseRoute(location.hash);
  return route.page === "recording" ? route.id : null;
}
