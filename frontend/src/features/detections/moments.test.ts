import { describe, expect, it } from "vitest";
import { nextMoment, previousMoment } from "./moments";

const at = (onset_s: number) => ({ prompt: "dog", onset_s, offset_s: onset_s + 1, peak: 1, mean: 1 });
const moments = [at(2), at(5), at(9)];

describe("stepping through moments", () => {
  it("goes on to the next beginning", () => {
    expect(nextMoment(moments, 0)?.onset_s).toBe(2);
    expect(nextMoment(moments, 2)?.onset_s).toBe(5);
    expect(nextMoment(moments, 9)).toBeNull();
  });

  it("goes back to the last beginning, or to the one before when it just began", () => {
    expect(previousMoment(moments, 5, false)?.onset_s).toBe(2);
    expect(previousMoment(moments, 7, true)?.onset_s).toBe(5);
    expect(previousMoment(moments, 5.3, true)?.onset_s).toBe(2);
    expect(previousMoment(moments, 2, false)).toBeNull();
  });
});
