import type { Detection } from "../../api/types";
import { words } from "../../i18n/language";
import { formatClockTenths, formatNumber, formatScore } from "../../lib/format";
import type { Rule } from "./detect-row";
import type { Verdict } from "./explain";

interface Place {
  /** Time of the first frame, and the length of one. */
  startS: number;
  hopS: number;
  covered: boolean;
  muted: boolean;
}

const seconds = (value: number) => `${formatNumber(value, 2)} s`;

export interface Said {
  lead: string;
  rest: string;
}

/** The same with what a person said of the moment, which goes before any rule. */
export function saidWords(said: Said, moment: Detection | null): Said {
  if (!moment?.verdict) return said;
  const { detections } = words();
  const [from, to] = [formatClockTenths(moment.onset_s), formatClockTenths(moment.offset_s)];
  const counted = (why: string) => ({ lead: detections.counted, rest: `${why} ${said.rest}` });
  switch (moment.verdict) {
    case "accepted":
      return counted(detections.acceptedFrom(from, to));
    case "rejected":
      return { lead: detections.rejectedByHand, rest: said.rest };
    case "adjusted":
      return counted(detections.adjustedFrom(from, to));
    case "added":
      return counted(detections.addedFrom(from, to));
  }
}

/** A verdict in one word or two, and in a sentence. */
export function verdictWords(verdict: Verdict, rule: Rule, { startS, hopS, covered, muted }: Place): Said {
  const { detections } = words();
  if (!covered) return { lead: detections.notCovered, rest: detections.modelHasNone };
  const clock = (frame: number) => formatClockTenths(startS + frame * hopS);
  const [threshold, release] = [formatScore(rule.threshold), formatScore(rule.release)];
  switch (verdict.kind) {
    case "unknown":
      return { lead: detections.notHeardYet, rest: "" };
    case "inside": {
      const reason = {
        threshold: detections.reaches(threshold),
        release: detections.stays(release),
        gap: detections.inGap(seconds(rule.mergeGapS)),
      }[verdict.by];
      const lead = muted ? detections.muted : detections.counted;
      const { start, stop } = verdict.moment;
      return { lead, rest: detections.inMoment(reason, clock(start), clock(stop)) };
    }
    case "rising":
      return { lead: detections.notCounted, rest: detections.rising(clock(verdict.onset)) };
    case "below":
      return { lead: detections.notCounted, rest: detections.below(threshold, formatScore(verdict.peak)) };
    case "quiet":
      return { lead: detections.notCounted, rest: detections.quiet(release) };
    case "short": {
      const { start, stop } = verdict.moment;
      const length = seconds((stop - start) * hopS);
      return { lead: detections.dropped, rest: detections.short(length, seconds(rule.minLengthS)) };
    }
  }
}
