import { describe, expect, it } from "vitest";
import made from "../../../../tests/data/verdict-vectors.json";
import type { Detection, Verdict } from "../../api/types";
import { applyVerdicts } from "./judge";

// Made and checked by the server's own rule, in tests/unit/test_verdicts.py.
const detection = ([onset_s, offset_s]: number[]): Detection => ({
  ...{ prompt: "dog", onset_s, offset_s, peak: 0.9, mean: 0.8 },
});
const verdictOf = (one: (typeof made)[number]["verdicts"][number]): Verdict => ({
  id: one.id,
  prompt: "dog",
  kind: one.kind as Verdict["kind"],
  onset_s: one.onset_s,
  offset_s: one.offset_s,
  found_onset_s: one.found?.[0] ?? null,
  found_offset_s: one.found?.[1] ?? null,
  updated_at: "2026-01-01T00:00:00Z",
});
const scores = () => ({ peak: 0.7, mean: 0.6 });
const place = ({ onset_s, offset_s, verdict_id }: Partial<Detection>) =>
  [onset_s, offset_s, verdict_id ?? ""].join(" ");

describe("verdicts laid over what was found", () => {
  it("says the same as the server", () => {
    expect(made.length).toBeGreaterThan(100);
    for (const { found, verdicts, moments } of made) {
      const applied = applyVerdicts(found.map(detection), verdicts.map(verdictOf), ["dog"], scores);
      expect(applied.map(place).sort()).toEqual(moments.map(place).sort());
      expect(new Set(applied.map(({ key }) => key)).size).toBe(applied.length);
    }
  });

  it("keeps a moment's key while it is judged and adjusted", () => {
    const found = [detection([1, 2]), detection([4, 6])];
    const said = (kind: Verdict["kind"], to: number): Verdict => ({
      ...verdictOf({ id: "v", kind, onset_s: 4, offset_s: to, found: [4, 6] }),
    });
    const keys = (verdicts: Verdict[]) => applyVerdicts(found, verdicts, ["dog"], scores).map((m) => m.key);
    const plain = keys([]);
    expect(keys([said("accepted", 6)])).toEqual(plain);
    expect(keys([said("rejected", 6)])).toEqual(plain);
    expect(keys([said("adjusted", 7.5)])).toEqual(plain);
  });

  it("leaves out prompts that are not asked for", () => {
    const added = verdictOf({ id: "v", kind: "added", onset_s: 1, offset_s: 2, found: null });
    expect(applyVerdicts([detection([4, 6])], [added], [], scores)).toEqual([]);
    expect(applyVerdicts([], [added], ["dog"], scores)).toMatchObject([
      { verdict: "added", peak: 0.7, found: null },
    ]);
  });
});
