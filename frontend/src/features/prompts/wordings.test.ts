import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allWordings, readPrompt, spellPrompt, tidyPrompt } from "./wordings";

describe("a prompt of several wordings", () => {
  it("is a group, a contrast, or both", () => {
    expect(readPrompt("dog, far away")).toEqual({ wanted: ["dog, far away"], against: [] });
    expect(readPrompt("dog | puppy|woof")).toEqual({ wanted: ["dog", "puppy", "woof"], against: [] });
    expect(readPrompt("dog barking > cough")).toEqual({ wanted: ["dog barking"], against: ["cough"] });
    expect(readPrompt("dog|puppy > cough|  a   sneeze")).toEqual({
      wanted: ["dog", "puppy"],
      against: ["cough", "a sneeze"],
    });
    expect(allWordings(readPrompt("dog | puppy > cough"))).toEqual(["dog", "puppy", "cough"]);
  });

  it("is one wording where it reads otherwise", () => {
    for (const text of [
      "a > b > c",
      "> cough",
      "dog >",
      "|",
      "<script>alert(1)</script>",
      "a->b",
      "x>y",
      "a > > b",
      " ",
    ])
      expect(readPrompt(text), text).toEqual({ wanted: [text], against: [] });
  });

  it("is tidied as it is typed", () => {
    expect(tidyPrompt("  dog |puppy| dog ")).toBe("dog | puppy");
    expect(tidyPrompt("dog>cough")).toBe("dog > cough");
    expect(tidyPrompt("dog barking >")).toBe("dog barking");
    expect(tidyPrompt("| dog |  | ")).toBe("dog");
    expect(tidyPrompt("dog | > > | cough")).toBe("dog > cough");
    expect(tidyPrompt("> cough")).toBe("cough");
    expect(tidyPrompt("<b>rain</b>")).toBe("<b>rain</b>");
    expect(tidyPrompt("|")).toBe("|");
  });

  it("is the same once it is tidy", () => {
    const words = fc.stringMatching(/^[a-z|> ;<]{0,24}$/);
    fc.assert(
      fc.property(words, (text) => {
        const tidy = tidyPrompt(text);
        expect(tidyPrompt(tidy)).toBe(tidy);
        expect(spellPrompt(readPrompt(tidy))).toBe(tidy);
      }),
    );
  });
});
