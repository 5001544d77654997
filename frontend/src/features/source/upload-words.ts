import { words } from "../../i18n/language";
import { formatBytes, formatLength } from "../../lib/format";
import { type FileUpload, isUnderWay } from "./file-upload";
import { rateOf, secondsLeft } from "./pace";

/** How far a file is: how much, of how much, how fast, how long still. */
export function uploadWords(upload: FileUpload): string {
  const { source } = words();
  const { state, sentBytes, totalBytes, pace } = upload;
  const total = formatBytes(totalBytes);
  if (state === "waiting") return source.waitingTurn(total);
  if (state === "lost") return source.lost(formatBytes(sentBytes), total);
  if (state === "done") return source.sent(total);
  if (state === "failed") return source.notSent;
  if (sentBytes >= totalBytes) return source.beingRead(total);
  const rate = rateOf(pace);
  const left = secondsLeft(pace, totalBytes);
  const speed =
    rate === null || left === null ? "" : source.speed(formatBytes(Math.round(rate)), formatLength(left));
  return source.sentOf(formatBytes(sentBytes), total) + speed;
}

/** The steps of all files together: for a heading, and to be spoken. */
export function uploadsSummary(uploads: readonly FileUpload[]): string {
  const { source } = words();
  const underWay = uploads.filter(isUnderWay).length;
  const failed = uploads.filter(({ state }) => state === "failed").length;
  const done = uploads.length - underWay - failed;
  if (underWay === 0) return source.filesSent(done, failed);
  return uploads.length === 1 ? source.sendingOne : source.filesSentOf(done, uploads.length, failed);
}

export function leftOutWords(count: number): string {
  return words().source.leftOut(count);
}
