import type { Recording } from "../../api/types";
import { words } from "../../i18n/language";
import { formatBytes, formatClock, formatLength, formatNumber } from "../../lib/format";
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
  const { recordings } = words();
  const done = Math.max(arrival?.doneBytes ?? 0, recording.source.size_bytes);
  const known = arrival?.totalBytes ?? recording.expected_bytes;
  const total = known !== null && known >= done ? known : null;
  const verb = recording.link ? recordings.fetching : recordings.uploading;
  if (done === 0) {
    if (recording.link) return { lead: recordings.asking(recording.link.site), rest: "", share: null };
    return { lead: verb, rest: recordings.nothingYet, share: null };
  }
  const parts = [
    total === null ? formatBytes(done) : recordings.bytesOf(formatBytes(done), formatBytes(total)),
  ];
  if (arrival?.bytesPerS) parts.push(recordings.bytesPerSecond(formatBytes(Math.round(arrival.bytesPerS))));
  if (arrival?.etaS != null && arrival.etaS > 0) parts.push(recordings.aboutLeft(timeLeft(arrival.etaS)));
  return {
    lead: verb,
    rest: recordings.arrived(parts.join(", ")),
    share: total === null ? null : done / total,
  };
}

/** One sentence for how far, how fast and how long the analysis is. */
export function runWords(recording: Recording, progress: Progress | null): RunWords {
  const { recordings } = words();
  const heardS = recording.analyzed_s;
  const heard = formatClock(heardS);
  const totalS = progress?.totalS ?? recording.duration_s;
  const total = totalS ? formatClock(totalS) : null;
  switch (recording.state) {
    case "stored":
      return { lead: recordings.spoken.stored, rest: "", share: 0 };
    case "fetching":
      return { lead: recordings.fetching, rest: "", share: null };
    case "queued":
      return { lead: recordings.spoken.queued, rest: recordings.waitingTurn, share: null };
    case "paused":
      return {
        lead: recordings.paused,
        rest: recordings.pausedAt(heard, total),
        share: totalS ? Math.min(1, heardS / totalS) : null,
      };
    case "analyzing": {
      const share = totalS ? Math.min(1, heardS / totalS) : null;
      const parts = [recordings.heard(heard, total)];
      // While the audio arrives, the analysis is as fast as that, which is said already.
      if (!recording.arriving && progress?.timesRealTime)
        parts.push(recordings.timesRealTime(speed(progress.timesRealTime)));
      if (!recording.arriving && progress?.etaS != null && progress.etaS > 0)
        parts.push(recordings.aboutLeft(timeLeft(progress.etaS)));
      const lead = share === null ? recordings.listening : `${Math.floor(share * 100)} %`;
      return { lead, rest: `, ${parts.join(", ")}`, share };
    }
    case "done": {
      const fast = progress?.timesRealTime ? recordings.atTimesRealTime(speed(progress.timesRealTime)) : "";
      return { lead: recordings.done, rest: recordings.allHeard(total ?? heard) + fast, share: 1 };
    }
    case "cancelled":
      if (heardS === 0 && recording.source.size_bytes === 0)
        return { lead: recordings.cancelled, rest: "", share: 0 };
      return {
        lead: recordings.cancelled,
        rest: recordings.at(heard, total),
        share: totalS ? heardS / totalS : 0,
      };
    case "failed":
      if (heardS === 0 && recording.link) return { lead: recordings.notFetched, rest: "", share: 0 };
      return {
        lead: recordings.failed,
        rest: recordings.at(heard, total),
        share: totalS ? heardS / totalS : 0,
      };
  }
}

function speed(times: number): string {
  return times >= 10 ? String(Math.round(times)) : formatNumber(times, 1);
}

/** An estimate, so whole seconds at most. */
function timeLeft(seconds: number): string {
  return seconds < 10 ? `${Math.ceil(seconds)} s` : formatLength(seconds);
}
