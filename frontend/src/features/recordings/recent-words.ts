import type { Recording } from "../../api/types";
import { formatAgo, formatBytes, formatClock } from "../../lib/format";
import { durationOf, isRunning } from "../session/session-state";
import { lacksAudio } from "./link-steps";

const STATES: Record<Recording["state"], string> = {
  stored: "not analysed yet",
  queued: "queued",
  fetching: "fetching",
  analyzing: "being analysed",
  paused: "paused, the disk is full",
  done: "",
  failed: "failed",
  cancelled: "cancelled",
};

/** What the list says of a recording: its length, how it stands, when it was added. */
export function recentWords(recording: Recording, now: Date): string {
  const durationS = durationOf(recording);
  const parts = [
    durationS > 0 ? formatClock(durationS) : "",
    stateWords(recording),
    formatAgo(recording.created_at, now),
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function stateWords(recording: Recording): string {
  const { arriving, expected_bytes: expected, source, state } = recording;
  if (!arriving) return state === "failed" && lacksAudio(recording) ? "not fetched" : STATES[state];
  const verb = recording.link ? "fetching" : "uploading";
  const done = source.size_bytes;
  if (done === 0) return verb;
  if (expected === null || expected < done) return `${verb}, ${formatBytes(done)}`;
  return `${verb}, ${formatBytes(done)} of ${formatBytes(expected)}`;
}

/** Whether what the list says of it will soon be old. */
export function isChanging(recording: Recording): boolean {
  return recording.arriving || isRunning(recording);
}
