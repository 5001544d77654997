import { expect, it } from "vitest";
import { momentsText } from "./moments-text";

it("tells moments in lines whose times stand under each other", () => {
  const moments = [
    { prompt: "dog", onset_s: 3, offset_s: 4.25, peak: 0.914, mean: 0.5 },
    { prompt: "church bell", onset_s: 61, offset_s: 605.1, peak: 0.5, mean: 0.5 },
  ];
  expect(momentsText("Harbour", moments, "http://h/#/r/1")).toBe(
    "Harbour, 2 moments\n 0:03.0 to  0:04.3  dog (0.91)\n 1:01.0 to 10:05.1  church bell (0.50)\nhttp://h/#/r/1\n",
  );
});
