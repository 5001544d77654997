import { formatBytes, formatLength, plural } from "../../lib/format";
import { type FileUpload, isUnderWay } from "./file-upload";
import { rateOf, secondsLeft } from "./pace";

/** How far a file is: how much, of how much, how fast, how long still. */
export function uploadWords(upload: FileUpload): string {
  const { state, sentBytes, totalBytes, pace } = upload;
  const total = formatBytes(totalBytes);
  if (state === "waiting") return `${total}, waiting for its turn`;
  if (state === "lost") return `${formatBytes(sentBytes)} of ${total}, no connection; trying again`;
  if (state === "done") return `${total} sent`;
  if (state === "failed") return "Not sent";
  if (sentBytes >= totalBytes) return `${total} sent, the server is reading it`;
  const rate = rateOf(pace);
  const left = secondsLeft(pace, totalBytes);
  const speed =
    rate === null || left === null
      ? ""
      : `, ${formatBytes(Math.round(rate))} a second, ${formatLength(left)} left`;
  return `${formatBytes(sentBytes)} of ${total}${speed}`;
}

/** The steps of all files together: for a heading, and to be spoken. */
export function uploadsSummary(uploads: readonly FileUpload[]): string {
  const underWay = uploads.filter(isUnderWay).length;
  const failed = uploads.filter(({ state }) => state === "failed").length;
  const done = uploads.length - underWay - failed;
  const refused = failed > 0 ? `, ${failed} not sent` : "";
  if (underWay > 0) {
    return uploads.length === 1
      ? "Sending a file"
      : `${done} of ${plural(uploads.length, "file", "files")} sent${refused}`;
  }
  return `${plural(done, "file", "files")} sent${refused}`;
}

export function leftOutWords(count: number): string {
  return `${plural(count, "file", "files")} of other kinds left out`;
}
