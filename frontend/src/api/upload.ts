import type { DetailedError, Upload } from "tus-js-client";
import { apiUrl } from "./base";
import { ApiError, problemFrom, problemOf } from "./problem";

/** Large enough for full speed, small enough for hosts that cut a request after some minutes. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** First quickly, then every ten seconds for about an hour: a lost connection is usually back by then. */
const RETRY_DELAYS_MS = [300, 1000, 2000, 4000, ...Array.from({ length: 360 }, () => 10_000)];

const GONE = [404, 410];
/** Answers after which the same request may well succeed, beside those of a server in trouble. */
const PASSING = [0, 408, 409, 423, 429];
const DISK_FULL = 507;

export interface SendingFile {
  /** What tells this file from others of the same name, for going on after the tab was closed. */
  path: string;
  file: File;
}

export interface SendingEvents {
  /** The recording exists from now on; bytes follow. Told again after every break. */
  onRecording: (id: string) => void;
  onProgress: (sentBytes: number) => void;
  /** The connection is lost; it is tried again without being asked. */
  onWaiting: () => void;
  onDone: () => void;
  /** The recording was cancelled or deleted meanwhile. */
  onGone: () => void;
  onProblem: (error: ApiError | Error) => void;
}

export interface Sending {
  /** Goes on from where the server has it. */
  again: () => void;
  /** Ends the upload and removes what came of it. */
  cancel: () => Promise<void>;
}

const statusOf = (error: DetailedError): number => error.originalResponse?.getStatus() ?? 0;

function isPassing(error: DetailedError): boolean {
  const status = statusOf(error);
  return PASSING.includes(status) || (status >= 500 && status !== DISK_FULL);
}

function apiErrorOf(error: Error | DetailedError): ApiError | Error {
  if (!("originalRequest" in error) || !error.originalRequest) return error;
  const status = statusOf(error);
  let body: unknown = null;
  try {
    body = JSON.parse(error.originalResponse?.getBody() ?? "");
  } catch {
    // An answer without a body, or a proxy's page: the status has to speak for it.
  }
  return new ApiError(problemFrom(body, status), status);
}

/** A twelfth of the page's script, which only those need who send a file. */
const library = () => import("tus-js-client");

/** To be called when a file may soon be sent. */
export function prepareSending(): void {
  library().catch(() => undefined); // Asked again, and its failure told, when there is a file.
}

/** Sends a file in pieces that the server keeps, so that nothing is sent twice, not even after a closed tab. */
export function sendFile(sendingFile: SendingFile, events: SendingEvents): Sending {
  let upload: Upload | null = null;
  let isCancelled = false;
  const begin = async () => {
    const { Upload } = await library();
    if (isCancelled) return;
    upload = newUpload(Upload, sendingFile, events);
    const earlier = (await upload.findPreviousUploads()).at(-1);
    if (earlier) {
      upload.resumeFromPreviousUpload(earlier);
      upload.options.endpoint = null;
    }
    if (!isCancelled) upload.start();
  };
  const beginOrTell = () =>
    void begin().catch((error: unknown) => events.onProblem(new ApiError(problemOf(error), 0)));

  beginOrTell();
  return {
    again: () => {
      const begun = upload;
      if (begun) void begun.abort().then(() => begun.start());
      else beginOrTell();
    },
    cancel: async () => {
      isCancelled = true;
      await upload?.abort(true);
    },
  };
}

function newUpload(UploadOf: typeof Upload, { file, path }: SendingFile, events: SendingEvents): Upload {
  const endpoint = apiUrl("api/uploads").href;
  let isKnown = false;
  const upload = new UploadOf(file, {
    endpoint,
    chunkSize: PIECE_BYTES,
    retryDelays: RETRY_DELAYS_MS,
    metadata: { filename: file.name, filetype: file.type },
    removeFingerprintOnSuccess: true,
    fingerprint: () => Promise.resolve(["sonotag", path, file.type, file.size, file.lastModified].join("|")),
    onShouldRetry: (error) => {
      if (!isPassing(error)) return false;
      events.onWaiting();
      return true;
    },
    onAfterResponse: (_, response) => {
      const id = response.getHeader("X-Recording-Id");
      if (id && response.getStatus() < 300) events.onRecording(id);
    },
    onUploadUrlAvailable: () => {
      isKnown = true;
      // Without an address to make a new one at, a broken answer never makes the client start over.
      upload.options.endpoint = null;
    },
    onProgress: (sentBytes) => events.onProgress(sentBytes),
    onSuccess: () => events.onDone(),
    onError: (error) => {
      const isGone = "originalRequest" in error && GONE.includes(statusOf(error));
      if (isGone && isKnown) events.onGone();
      else if (isGone && upload.url !== null) startAfresh();
      else events.onProblem(apiErrorOf(error));
    },
  });

  const startAfresh = () => {
    upload.url = null;
    upload.options.endpoint = endpoint;
    upload.start();
  };

  return upload;
}
