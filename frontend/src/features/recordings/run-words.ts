import type { Recording } from "../../api/types";
import { formatBytes, formatClock, formatLength } from "../../lib/format";
import type { Arrival, Progress } from "../session/session-state";

export interface RunWords {
  lead: string;
  rest: string;
  /** Share done, null while nothing can be said. */
  share: number | null;
}

/** One sentence for the bytes on their way; null when none are. */
export function arrivalWords(recording: Recording, arrival: Arrival | null): RunWords | null {
  if (!recording.arriving) return null;
  const done = Math.max(arrival?.doneBytes ?? 0, recording.source.size_bytes);
  const known = arrival?.totalBytes ?? recording.expected_bytes;
  const total = known !== null && known >= done ? known : null;
  const verb = recording.link ? "Fetching" : "Uploading";
  if (done === 0) {
    if (recording.link) return { lead: `Asking ${recording.link.site}`, rest: "", share: null };
    return { lead: verb, rest: ", nothing has come yet", share: null };
  }
  const parts = [total === null ? formatBytes(done) : `${formatBytes(done)} of ${formatBytes(total)}`];
  if (arrival?.bytesPerS) parts.push(`${formatBytes(Math.round(arrival.bytesPerS))} a second`);
  if (arrival?.etaS != null && arrival.etaS > 0) parts.push(`about ${timeLeft(arrival.etaS)} left`);
  return { lead: verb, rest: ` ${parts.join(", ")}`, share: total === null ? null : done / total };
}

/** One sentence for how far, how fast and how long the analysis is. */
export function runWords(recording: Recording, progress: Progress | null): RunWords {
  const heardS = recording.analyzed_s;
  const totalS = progress?.totalS ?? recording.duration_s;
  const of = totalS ? ` of ${formatClock(totalS)}` : "";
  switch (recording.state) {
    case "stored":
      return { lead: "Not analysed yet", rest: "", share: 0 };
    case "fetching":
      return { lead: "Fetching", rest: "", share: null };
    case "queued":
      return { lead: "Queued", rest: ", waiting for its turn", share: null };
    case "paused":
      return {
        lead: "Paused",
        rest: ` at ${formatClock(heardS)}${of}, the server’s disk is full`,
        share: totalS ? Math.min(1, heardS / totalS) : null,
      };
    case "analyzing": {
      const share = totalS ? Math.min(1, heardS / totalS) : null;
      const parts = [`${formatClock(heardS)}${of} heard`];
      // While the audio arrives, the analysis is as fast as that, which is said already.
      if (!recording.arriving && progress?.timesRealTime)
        parts.push(`${speed(progress.timesRealTime)} times real time`);
      if (!recording.arriving && progress?.etaS != null && progress.etaS > 0)
        parts.push(`about ${timeLeft(progress.etaS)} left`);
      const lead = share === null ? "Listening" : `${Math.floor(share * 100)} %`;
      return { lead, rest: `, ${parts.join(", ")}`, share };
    }
    case "done": {
      const fast = progress?.timesRealTime ? `, at ${speed(progress.timesRealTime)} times real time` : "";
      return { lead: "Done", rest: `, all ${formatClock(totalS ?? heardS)} heard${fast}`, share: 1 };
    }
    case "cancelled":
      if (heardS === 0 && recording.source.size_bytes === 0) return { lead: "Cancelled", rest: "", share: 0 };
      return {
        lead: "Cancelled",
        rest: ` at ${formatClock(heardS)}${of}`,
        share: totalS ? heardS / totalS : 0,
      };
    case "failed":
      if (heardS === 0 && recording.link) return { lead: "Not fetched", rest: "", share: 0 };
      return { lead: "Failed", rest: ` at ${formatClock(heardS)}${of}`, share: totalS ? heardS / totalS : 0 };
  }
}

function speed(times: number): string {
  return times >= 10 ? String(Math.round(times)) : times.toFixed(1);
}

/** An estimate, so whole seconds at most. */
function timeLeft(seconds: number): string {
  return seconds < 10 ? `${Math.ceil(seconds)} s` : formatLength(seconds);
}
