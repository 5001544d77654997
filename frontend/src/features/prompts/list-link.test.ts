import { describe, expect, it } from "vitest";
import { parseRoute } from "../../app/route";
import type { OwnList } from "./list-format";
import { listHash, listOf } from "./list-link";
import { rowsOf, withList } from "./list-rows";

const LIST: OwnList = {
  name: "Küche & Bad, 100 %",
  rows: [
    { prompt: "kettle | boiling, water", threshold: 0.3, colour: 2 },
    { prompt: "tap > rain", muted: true },
    { prompt: "a~b" },
  ],
};

describe("a list in an address", () => {
  it("survives the way there and back", () => {
    expect(listOf(listHash(LIST))).toEqual(LIST);
    expect(parseRoute(listHash(LIST)), "the page it opens").toEqual({ page: "home" });
  });

  it("is nothing where it cannot be read", () => {
    for (const hash of [
      "",
      "#/",
      "#/l",
      "#/l?",
      "#/l?n=x",
      "#/l?n=x&p=",
      "#/r/1?n=x&p=dog",
      `#/l?p=${"x".repeat(300)}`,
    ])
      expect(listOf(hash), hash).toBeNull();
    expect(listOf("#/l?p=dog&r=7~dog")).toEqual({ name: "A list", rows: [{ prompt: "dog" }] });
  });
});

describe("rows of a list on the page", () => {
  const page = { prompts: ["dog", "rain"], rows: { dog: { threshold: 0.8 } } };

  it("come after those that are there, which keep what was set for them", () => {
    const list = [
      { prompt: "Dog", threshold: 0.1 },
      { prompt: "sea", colour: 1 },
    ];
    expect(withList(page, list, "add")).toEqual({
      prompts: ["dog", "rain", "sea"],
      rows: { dog: { threshold: 0.8 }, sea: { colour: 1 } },
    });
  });

  it("or take their place", () => {
    expect(withList(page, [{ prompt: "sea", muted: true }], "replace").prompts).toEqual(["sea"]);
    expect(rowsOf(page)).toEqual([{ prompt: "dog", threshold: 0.8 }, { prompt: "rain" }]);
  });
});
