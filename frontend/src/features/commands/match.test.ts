import { describe, expect, it } from "vitest";
import { matching, parseClock } from "./match";

describe("what is typed into the command palette", () => {
  const commands = ["Zoom in", "Zoom out", "Show all", "Mute church bell", "Colours: Viridis"].map(
    (title) => ({
      title,
    }),
  );
  const found = (typed: string) => matching(commands, typed).map(({ title }) => title);

  it("finds commands by the beginnings of their words, in any order", () => {
    expect(found("zo")).toEqual(["Zoom in", "Zoom out"]);
    expect(found("bell mute")).toEqual(["Mute church bell"]);
    expect(found("VIR")).toEqual(["Colours: Viridis"]);
    expect(found("oom")).toEqual([]);
    expect(found("")).toHaveLength(5);
  });

  it("may lack what a keyboard has no key for", () => {
    const titles = [{ title: "Große Wörter" }, { title: "Vergrößern" }];
    expect(matching(titles, "gross wor").map(({ title }) => title)).toEqual(["Große Wörter"]);
    expect(matching(titles, "VERGRÖSS").map(({ title }) => title)).toEqual(["Vergrößern"]);
  });

  it("finds a command by a word beside its name", () => {
    expect(matching([{ title: "Zoom in" }, { title: "Deutsch", also: "Language" }], "lang")).toHaveLength(1);
  });

  it("is a time when it looks like one", () => {
    expect(parseClock("83")).toBe(83);
    expect(parseClock("1:23")).toBe(83);
    expect(parseClock("1:02:03.5")).toBe(3723.5);
    expect(parseClock("1:02:03,5")).toBe(3723.5);
    expect(parseClock("1,2,3")).toBeNull();
    expect(parseClock("1:2:3:4")).toBeNull();
    expect(parseClock("dog")).toBeNull();
    expect(parseClock("")).toBeNull();
  });
});
