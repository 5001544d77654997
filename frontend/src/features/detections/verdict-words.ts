import type { Detection } from "../../api/types";
import { formatClockTenths, formatScore } from "../../lib/format";
import type { Rule } from "./detect-row";
import type { Verdict } from "./explain";

interface Place {
  /** Time of the first frame, and the length of one. */
  startS: number;
  hopS: number;
  covered: boolean;
  muted: boolean;
}

const seconds = (value: number) => `${Number(value.toFixed(2))} s`;

export interface Words {
  lead: string;
  rest: string;
}

/** The same with what a person said of the moment, which goes before any rule. */
export function saidWords(words: Words, moment: Detection | null): Words {
  const between = moment && `${formatClockTenths(moment.onset_s)} to ${formatClockTenths(moment.offset_s)}`;
  switch (moment?.verdict) {
    case "accepted":
      return { lead: "Counted.", rest: `Accepted by hand, from ${between}. ${words.rest}` };
    case "rejected":
      return { lead: "Rejected by hand.", rest: words.rest };
    case "adjusted":
      return { lead: "Counted.", rest: `Its edges were set by hand, from ${between}. ${words.rest}` };
    case "added":
      return { lead: "Counted.", rest: `Added by hand, from ${between}. ${words.rest}` };
    default:
      return words;
  }
}

/** A verdict in one word or two, and in a sentence. */
export function verdictWords(verdict: Verdict, rule: Rule, { startS, hopS, covered, muted }: Place): Words {
  if (!covered) return { lead: "Not covered.", rest: "This model has no such sound." };
  const clock = (frame: number) => formatClockTenths(startS + frame * hopS);
  const between = ({ start, stop }: { start: number; stop: number }) => `${clock(start)} to ${clock(stop)}`;
  const [threshold, release] = [formatScore(rule.threshold), formatScore(rule.release)];
  switch (verdict.kind) {
    case "unknown":
      return { lead: "Not heard yet.", rest: "" };
    case "inside": {
      const reason = {
        threshold: `It reaches the threshold of ${threshold}`,
        release: `It stays above the release of ${release} after the threshold was reached`,
        gap: `It lies in a gap shorter than ${seconds(rule.mergeGapS)}, which is closed`,
      }[verdict.by];
      const lead = muted ? "Muted." : "Counted.";
      return { lead, rest: `${reason}, in the moment from ${between(verdict.moment)}.` };
    }
    case "rising":
      return {
        lead: "Not counted.",
        rest: `It is above the release, but the moment begins at ${clock(verdict.onset)}, where the threshold is reached.`,
      };
    case "below":
      return {
        lead: "Not counted.",
        rest: `It is above the release, but this stretch never reaches ${threshold}: its highest score is ${formatScore(verdict.peak)}.`,
      };
    case "quiet":
      return { lead: "Not counted.", rest: `The score is below the release of ${release}.` };
    case "short": {
      const { start, stop } = verdict.moment;
      return {
        lead: "Dropped.",
        rest: `It reaches the threshold, but lasts ${seconds((stop - start) * hopS)}; a moment lasts at least ${seconds(rule.minLengthS)}.`,
      };
    }
  }
}
