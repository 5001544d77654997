import { candidates, heldRuns, isAt, isLongEnough, type Rule, reached, type Stretch } from "./detect-row";

/** Why a frame is part of a moment, or why it is not. */
export type Verdict =
  | { kind: "unknown" }
  /** At the threshold, kept by the release after having reached it, or in a gap that was closed. */
  | { kind: "inside"; by: "threshold" | "release" | "gap"; moment: Stretch }
  /** Above the release, and the threshold is reached only later, where the moment begins. */
  | { kind: "rising"; onset: number }
  /** Above the release, in a run whose highest score stays below the threshold. */
  | { kind: "below"; peak: number }
  | { kind: "quiet" }
  /** It would count, if it lasted long enough. */
  | { kind: "short"; moment: Stretch };

export function explainFrame(
  scores: ArrayLike<number>,
  secondsPerFrame: number,
  rule: Rule,
  frame: number,
): Verdict {
  const score = frame >= 0 && frame < scores.length ? scores[frame] : Number.NaN;
  if (Number.isNaN(score)) return { kind: "unknown" };
  const within = ({ start, stop }: Stretch) => frame >= start && frame < stop;
  const moment = candidates(scores, secondsPerFrame, rule).find(within);
  if (moment) {
    if (!isLongEnough((moment.stop - moment.start) * secondsPerFrame, rule)) return { kind: "short", moment };
    const by = isAt(score, rule.threshold) ? "threshold" : isAt(score, rule.release) ? "release" : "gap";
    return { kind: "inside", by, moment };
  }
  const run = heldRuns(scores, rule.release).find(within);
  if (!run) return { kind: "quiet" };
  const onset = reached(scores, run, rule.threshold);
  if (onset !== null) return { kind: "rising", onset };
  let peak = 0;
  for (let at = run.start; at < run.stop; at += 1) peak = Math.max(peak, scores[at]);
  return { kind: "below", peak };
}

/**
 * The same with what the server found: scores to both sides of a frame show only so much of a moment that lasts for
 * minutes. `found` is the moment that the frame lies in, in frames, null where there is none.
 */
export function explainWithin(verdict: Verdict, score: number, rule: Rule, found: Stretch | null): Verdict {
  if (!found || verdict.kind === "unknown") return verdict;
  if (verdict.kind === "inside") return { ...verdict, moment: found };
  const by = isAt(score, rule.threshold) ? "threshold" : isAt(score, rule.release) ? "release" : "gap";
  return { kind: "inside", by, moment: found };
}
