import { expect, it } from "vitest";
import { rescoredWords } from "./rescored-words";

it("says what an added row has cost", () => {
  expect(rescoredWords(11.6, false, false)).toBe("Re-scored in 12 ms, nothing encoded");
  expect(rescoredWords(0.2, false, false)).toBe("Re-scored in 1 ms, nothing encoded");
  expect(rescoredWords(1260, true, false)).toBe("Re-scored in 1.3 s, the rest as it is encoded");
  expect(rescoredWords(5, true, true)).toBe("Filled as the recording is encoded");
  expect(rescoredWords(5, false, true)).toBe("Not encoded yet");
});
