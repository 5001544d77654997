import { describe, expect, it } from "vitest";
import { type Candidate, isMistyped, lastPart, suggest } from "./suggest";

const known = (text: string): Candidate => ({ text, origin: "model", covered: true });
const CANDIDATES: Candidate[] = [
  { text: "door bell", origin: "list", covered: false },
  known("church bell"),
  known("dog barking"),
  known("rain"),
  { text: "rain on a roof", origin: "recent", covered: null },
  { text: "Trommel, groß", origin: "list", covered: false },
  { text: "rain", origin: "list", covered: true },
];

describe("suggestions", () => {
  const texts = (typed: string, taken: string[] = []) =>
    suggest(CANDIDATES, typed, taken, 5).map(({ text }) => text);

  it("hold every typed word as the beginning of one of theirs, in any order", () => {
    expect(texts("bell ch")).toEqual(["church bell"]);
    expect(texts("bark")).toEqual(["dog barking"]);
    expect(texts("ark")).toEqual([]);
    expect(texts("gross tro")).toEqual(["Trommel, groß"]);
  });

  it("forgive one wrong letter in longer words", () => {
    expect(texts("chruch")).toEqual(["church bell"]);
    expect(texts("barkng")).toEqual(["dog barking"]);
    expect(texts("dag")).toEqual([]);
  });

  it("put what the model knows first, and each text once", () => {
    expect(texts("bell")).toEqual(["church bell", "door bell"]);
    expect(texts("rain")).toEqual(["rain", "rain on a roof"]);
    expect(texts("rain", ["Rain"])).toEqual(["rain on a roof"]);
    expect(texts("")[0]).toBe("rain on a roof");
  });

  it("are for the last wording that is typed", () => {
    expect(lastPart("do")).toEqual({ before: "", part: "do" });
    expect(lastPart("rain; do")).toEqual({ before: "rain;", part: "do" });
    expect(lastPart("a, b; dog | pu")).toEqual({ before: "a, b; dog |", part: "pu" });
    expect(lastPart("dog > co")).toEqual({ before: "dog > ", part: "co" });
    expect(lastPart("x>y")).toEqual({ before: "", part: "x>y" });
  });
});

it("tells one slip from two", () => {
  for (const [a, b] of [
    ["rain", "rian"],
    ["rain", "ran"],
    ["rain", "raain"],
    ["rain", "rein"],
    ["rain", "rain"],
  ])
    expect(isMistyped(a, b), `${a} ${b}`).toBe(true);
  for (const [a, b] of [
    ["rain", "nari"],
    ["rain", "ra"],
    ["rain", "rein s"],
    ["bark", "brak s"],
  ])
    expect(isMistyped(a, b), `${a} ${b}`).toBe(false);
});
