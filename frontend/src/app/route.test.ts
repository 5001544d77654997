import { describe, expect, it } from "vitest";
import { parseRoute, recordingHash } from "./route";

describe("the route in the hash", () => {
  it("survives the way there and back", () => {
    const prompts = ["a bell, far away", "100 % rain & wind?", "été"];
    expect(parseRoute(recordingHash("rec_1", prompts))).toEqual({
      page: "recording",
      id: "rec_1",
      prompts,
      place: {},
    });
    expect(parseRoute(recordingHash("rec_1", null))).toEqual({
      page: "recording",
      id: "rec_1",
      prompts: null,
      place: {},
    });
    const place = { timeS: 3, threshold: 0.4 };
    expect(parseRoute(recordingHash("rec_1", prompts, place))).toMatchObject({ prompts, place });
  });

  it("is the start for anything else", () => {
    for (const hash of ["", "#", "#/", "#/nowhere", "#/r/"])
      expect(parseRoute(hash)).toEqual({ page: "home" });
  });
});
