import { describe, expect, it } from "vitest";
import { addPrompts, replacePrompt, splitPrompts } from "./split";

describe("prompts", () => {
  it("are split by semicolons and line breaks, never by commas", () => {
    expect(splitPrompts("dog barking; a bell, far away ;; rain\n wind ")).toEqual([
      "dog barking",
      "a bell, far away",
      "rain",
      "wind",
    ]);
    expect(splitPrompts("  ; ")).toEqual([]);
  });

  it("are added once, whatever their case", () => {
    expect(addPrompts(["Dog"], ["dog", "rain", "Rain"])).toEqual(["Dog", "rain"]);
  });

  it("are replaced where they stood", () => {
    expect(replacePrompt(["a", "b", "c"], "b", ["x", "y"])).toEqual(["a", "x", "y", "c"]);
    expect(replacePrompt(["a", "b", "c"], "b", [])).toEqual(["a", "c"]);
    expect(replacePrompt(["a", "b", "c"], "b", ["c"])).toEqual(["a", "c"]);
    expect(replacePrompt(["a", "b", "c"], "b", ["a"])).toEqual(["a", "c"]);
  });
});
