import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { freeName, type OwnList, readFile, readLists, writeFile } from "./list-format";

const KITCHEN: OwnList = {
  name: "Kitchen",
  rows: [
    { prompt: "kettle | boiling water", threshold: 0.3, colour: 2 },
    { prompt: "dishes", muted: true },
  ],
};

describe("lists in a file", () => {
  it("come back as they were", () => {
    expect(readFile(writeFile([KITCHEN]))).toEqual([KITCHEN]);
  });

  it("are tidied: spaces, the same row twice, semicolons", () => {
    const list = {
      name: "  My \n list ",
      rows: [{ prompt: " dog|puppy " }, { prompt: "Dog | Puppy" }, { prompt: "a;b" }],
    };
    expect(readLists([list])).toEqual([
      { name: "My list", rows: [{ prompt: "Dog | Puppy" }, { prompt: "a b" }] },
    ]);
  });

  it("are refused whole when anything in them is wrong", () => {
    const bad = (rows: unknown, name: unknown = "x") => readLists([KITCHEN, { name, rows }]);
    expect(bad([{ prompt: "dog" }])).not.toBeNull();
    for (const rows of [
      [],
      null,
      "dog",
      ["dog"],
      [{ prompt: "" }],
      [{ prompt: 3 }],
      [{ prompt: "x".repeat(201) }],
    ])
      expect(bad(rows), JSON.stringify(rows)).toBeNull();
    for (const own of [
      { threshold: 2 },
      { threshold: "0.5" },
      { colour: 9 },
      { colour: 1.5 },
      { threshold: Number.NaN },
    ])
      expect(bad([{ prompt: "dog", ...own }]), JSON.stringify(own)).toBeNull();
    expect(bad([{ prompt: "dog" }], "  ")).toBeNull();
    expect(bad(Array.from({ length: 201 }, (_, index) => ({ prompt: `p${index}` })))).toBeNull();
  });

  it("that cannot be read say why", () => {
    expect(() => readFile("not json")).toThrow("not JSON");
    expect(() => readFile('{"lists": []}')).toThrow("no lists of SonoTag");
    expect(() => readFile(writeFile([KITCHEN]).replace('"version": 1', '"version": 2'))).toThrow("newer");
    expect(() => readFile(writeFile([]))).toThrow("Nothing was taken");
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => readFile(JSON.stringify(value))).toThrow(Error);
        expect(readLists([value])).toBeNull();
      }),
    );
  });

  it("get a name of their own", () => {
    expect(freeName("Kitchen", [])).toBe("Kitchen");
    expect(freeName("kitchen", [KITCHEN, { ...KITCHEN, name: "kitchen 2" }])).toBe("kitchen 3");
  });
});
