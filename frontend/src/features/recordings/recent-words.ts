import type { Recording } from "../../api/types";
import { words } from "../../i18n/language";
import { formatAgo, formatBytes, formatClock } from "../../lib/format";
import { durationOf, isRunning } from "../session/session-state";
import { lacksAudio } from "./link-steps";

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
  const { recordings } = words();
  const { arriving, expected_bytes: expected, source, state } = recording;
  if (!arriving) {
    return state === "failed" && lacksAudio(recording)
      ? recordings.inListNotFetched
      : recordings.states[state];
  }
  const verb = recording.link ? recordings.states.fetching : recordings.inListUploading;
  const done = source.size_bytes;
  if (done === 0) return verb;
  if (expected === null || expected < done) return `${verb}, ${formatBytes(done)}`;
  return `${verb}, ${recordings.bytesOf(formatBytes(done), formatBytes(expected))}`;
}

/** Whether what the list says of it will soon be old. */
export function isChanging(recording: Recording): boolean {
  return recording.arriving || isRunning(recording);
}
