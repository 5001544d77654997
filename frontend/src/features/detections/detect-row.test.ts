import { describe, expect, it } from "vitest";
import made from "../../../../tests/data/detection-vectors.json";
import { detectRow } from "./detect-row";
import { explainFrame, explainWithin } from "./explain";

interface Vector {
  scores: Array<number | null>;
  seconds_per_frame: number;
  duration_s: number | null;
  rule: { threshold: number; release: number; merge_gap_s: number; min_length_s: number };
  detections: Array<{ onset_s: number; offset_s: number; peak: number; mean: number }>;
}

// Made and checked by the server's own rule, in tests/unit/test_detection_vectors.py.
const vectors: Vector[] = made;

const ruleOf = ({ rule }: Vector) => ({
  threshold: rule.threshold,
  release: rule.release,
  mergeGapS: rule.merge_gap_s,
  minLengthS: rule.min_length_s,
});
const scoresOf = ({ scores }: Vector) => Float32Array.from(scores, (score) => score ?? Number.NaN);

describe("the rule that makes moments of scores", () => {
  it("says the same as the server's", () => {
    expect(vectors.length).toBeGreaterThan(100);
    expect(vectors.some((vector) => vector.detections.length > 2)).toBe(true);
    for (const vector of vectors) {
      const found = detectRow(
        scoresOf(vector),
        vector.seconds_per_frame,
        ruleOf(vector),
        vector.duration_s ?? undefined,
      );
      expect(found.length).toBe(vector.detections.length);
      found.forEach((moment, index) => {
        const wanted = vector.detections[index];
        expect(moment.onsetS).toBe(wanted.onset_s);
        expect(moment.offsetS).toBe(wanted.offset_s);
        expect(moment.peak).toBe(wanted.peak);
        expect(moment.mean).toBeCloseTo(wanted.mean, 5);
      });
    }
  });

  it("explains every frame as the moments have it", () => {
    for (const vector of vectors.filter((one) => one.duration_s === null)) {
      const scores = scoresOf(vector);
      const hop = vector.seconds_per_frame;
      for (let frame = 0; frame < scores.length; frame += 1) {
        const inside = vector.detections.some((m) => frame * hop >= m.onset_s && frame * hop < m.offset_s);
        const verdict = explainFrame(scores, hop, ruleOf(vector), frame);
        if (!Number.isNaN(scores[frame])) expect(verdict.kind === "inside").toBe(inside);
        else expect(verdict.kind).toBe("unknown");
      }
    }
  });
});

describe("why, why not", () => {
  const rule = { threshold: 0.5, release: 0.35, mergeGapS: 0.3, minLengthS: 0.2 };
  const scores = [
    0.1, 0.4, 0.6, 0.7, 0.4, 0.2, 0.6, 0.6, 0.1, 0.1, 0.1, 0.1, 0.45, 0.4, 0.1, 0.1, 0.1, 0.1, 0.9, 0.1,
  ];
  const kind = (frame: number) => explainFrame(scores, 0.125, rule, frame);

  it("names the step that decided", () => {
    expect(kind(0)).toEqual({ kind: "quiet" });
    expect(kind(1)).toEqual({ kind: "rising", onset: 2 });
    const moment = { start: 2, stop: 8 };
    expect(kind(3)).toEqual({ kind: "inside", by: "threshold", moment });
    expect(kind(4)).toEqual({ kind: "inside", by: "release", moment });
    expect(kind(5)).toEqual({ kind: "inside", by: "gap", moment });
    expect(kind(12)).toEqual({ kind: "below", peak: 0.45 });
    expect(kind(18)).toEqual({ kind: "short", moment: { start: 18, stop: 19 } });
    expect(kind(99)).toEqual({ kind: "unknown" });
  });

  it("knows a moment whose beginning lies too far away to be looked at", () => {
    const near = explainFrame([0.4, 0.4, 0.4], 0.125, rule, 1);
    expect(near.kind).toBe("below");
    const moment = { start: -900, stop: 40 };
    expect(explainWithin(near, 0.4, rule, moment)).toEqual({ kind: "inside", by: "release", moment });
    expect(explainWithin(near, 0.4, rule, null)).toBe(near);
  });
});
