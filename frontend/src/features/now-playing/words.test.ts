import { describe, expect, it } from "vitest";
import { comingAt, FADES_FOR_S, wordsAt } from "./words";

const moment = (prompt: string, onset_s: number, offset_s: number) => ({
  ...{ prompt, onset_s, offset_s, peak: 0.9, mean: 0.8 },
});
const moments = [moment("rain", 0, 20), moment("dog", 5, 8), moment("bell", 7, 9), moment("dog", 8.5, 10)];
const loud = () => 1;
const names = (timeS: number) => wordsAt(moments, timeS, loud).map(({ prompt }) => prompt);

describe("the words under the playhead", () => {
  it("are the moments there, in the order in which they began", () => {
    expect(names(1)).toEqual(["rain"]);
    expect(names(7.5)).toEqual(["rain", "dog", "bell"]);
    expect(names(15)).toEqual(["rain"]);
    expect(names(30)).toEqual([]);
  });

  it("grow with the score and fade after the sound", () => {
    const at = (timeS: number, score: number) => wordsAt([moment("dog", 5, 8)], timeS, () => score)[0];
    expect(at(6, 0.9).size).toBeGreaterThan(at(6, 0.5).size);
    expect(at(6, 2).size).toBe(1);
    expect(at(6, Number.NaN).size).toBeGreaterThan(0.4);
    expect(at(6, 0.9).presence).toBe(1);
    expect(at(8 + FADES_FOR_S / 2, 0.1).presence).toBeCloseTo(0.5);
    expect(at(8 + FADES_FOR_S, 0.1)).toBeUndefined();
  });

  it("say each prompt once, as present as it is", () => {
    expect(wordsAt(moments, 8.6, loud).filter(({ prompt }) => prompt === "dog")).toMatchObject([
      { presence: 1 },
    ]);
  });

  it("tell what comes next", () => {
    expect(comingAt(moments, 5.5)).toEqual({ prompt: "bell", inS: 1.5 });
    expect(comingAt(moments, 8.2)).toEqual({ prompt: "dog", inS: expect.closeTo(0.3) });
    expect(comingAt([moment("rain", 0, 5), moment("rain", 7, 8)], 2)).toBeNull();
    expect(comingAt(moments, 9)).toBeNull();
  });
});
