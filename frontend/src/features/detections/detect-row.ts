/** How scores become moments; the same rule, by the same names, as in the server's analysis/detections.py. */
export interface Rule {
  threshold: number;
  release: number;
  mergeGapS: number;
  minLengthS: number;
}

/** Frames [start, stop) that belong together. */
export interface Stretch {
  start: number;
  stop: number;
}

export interface FoundMoment {
  onsetS: number;
  offsetS: number;
  peak: number;
  mean: number;
}

/** Scores are single precision, and so are what they are held against: 0.65 is a hair less there than it is here. */
const single = Math.fround;

export function isAt(score: number, threshold: number): boolean {
  return single(score) >= single(threshold);
}

/** Stretches that stay at or above the release. Frames nobody knows are silence. */
export function heldRuns(scores: ArrayLike<number>, release: number): Stretch[] {
  const runs: Stretch[] = [];
  let start = -1;
  for (let frame = 0; frame <= scores.length; frame += 1) {
    const held = frame < scores.length && isAt(scores[frame], release);
    if (held && start < 0) start = frame;
    if (!held && start >= 0) {
      runs.push({ start, stop: frame });
      start = -1;
    }
  }
  return runs;
}

/** The first frame of a run at the threshold, null when the run never gets there. */
export function reached(scores: ArrayLike<number>, run: Stretch, threshold: number): number | null {
  for (let frame = run.start; frame < run.stop; frame += 1) if (isAt(scores[frame], threshold)) return frame;
  return null;
}

/** From the first frame at the threshold to the end of its run, with short gaps closed; of any length. */
export function candidates(scores: ArrayLike<number>, secondsPerFrame: number, rule: Rule): Stretch[] {
  const joined: Stretch[] = [];
  for (const run of heldRuns(scores, rule.release)) {
    const start = reached(scores, run, rule.threshold);
    if (start === null) continue;
    const last = joined[joined.length - 1];
    if (last && start - last.stop < rule.mergeGapS / secondsPerFrame) last.stop = run.stop;
    else joined.push({ start, stop: run.stop });
  }
  return joined;
}

/** A small slack: 0.25 s in frames of 0.125 s must not fail for the last bit of a product. */
export function isLongEnough(lengthS: number, rule: Rule): boolean {
  return lengthS >= rule.minLengthS - 1e-9;
}

export function detectRow(
  scores: ArrayLike<number>,
  secondsPerFrame: number,
  rule: Rule,
  durationS = Number.POSITIVE_INFINITY,
): FoundMoment[] {
  const found: FoundMoment[] = [];
  for (const { start, stop } of candidates(scores, secondsPerFrame, rule)) {
    const onsetS = start * secondsPerFrame;
    const offsetS = Math.min(stop * secondsPerFrame, durationS);
    if (!isLongEnough(offsetS - onsetS, rule)) continue;
    let peak = Number.NEGATIVE_INFINITY;
    let sum = 0;
    let known = 0;
    for (let frame = start; frame < stop; frame += 1) {
      if (Number.isNaN(scores[frame])) continue;
      peak = Math.max(peak, scores[frame]);
      sum += scores[frame];
      known += 1;
    }
    found.push({ onsetS, offsetS, peak, mean: sum / known });
  }
  return found;
}
