import type { Recording } from "../../api/types";
import { formatClock, formatLength } from "../../lib/format";
import type { Progress } from "../session/session-state";

export interface RunWords {
  lead: string;
  rest: string;
  /** Share done, null while nothing can be said. */
  share: number | null;
}

/** One sentence for how far, how fast and how long. */
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
    case "analyzing": {
      const share = totalS ? Math.min(1, heardS / totalS) : null;
      const parts = [`${formatClock(heardS)}${of} heard`];
      if (progress?.timesRealTime) parts.push(`${speed(progress.timesRealTime)} times real time`);
      if (progress?.etaS != null && progress.etaS > 0) parts.push(`about ${timeLeft(progress.etaS)} left`);
      const lead = share === null ? "Listening" : `${Math.floor(share * 100)} %`;
      return { lead, rest: `, ${parts.join(", ")}`, share };
    }
    case "done": {
      const fast = progress?.timesRealTime ? `, at ${speed(progress.timesRealTime)} times real time` : "";
      return { lead: "Done", rest: `, all ${formatClock(totalS ?? heardS)} heard${fast}`, share: 1 };
    }
    case "cancelled":
      return {
        lead: "Cancelled",
        rest: ` at ${formatClock(heardS)}${of}`,
        share: totalS ? heardS / totalS : 0,
      };
    case "failed":
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
