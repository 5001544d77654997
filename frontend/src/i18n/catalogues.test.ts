import { describe, expect, it } from "vitest";
import { de } from "./de";
import { en } from "./en";

/** What the server says in English for itself: only other languages have words for it. */
const OF_THE_SERVER = /^(problems|app\.terms|prompts\.lists\.titles|recordings\.notes)\./;

/** Nothing is to be said of a recording that is simply there. */
const SILENT = ["recordings.states.done"];

/** Texts that are the same in both languages, by why they are. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  "a German word as well": ["app.server", "detections.filter", "prompts.colours.orange"],
  "a format's own name": ["detections.formats.csv.title", "detections.formats.json.title"],
  "“rain in 3 s” reads the same": ["nowPlaying.coming"],
};

/** Keys that bear a letter bear it in both languages. */
const LETTERS = /^\P{L}*(\p{L} )*\p{L}\P{L}*$/u;

/** What texts are made of: these stand for counts and for names, and the list for several names. */
const COUNTS = ["1", "3"];

type Maker = (...values: unknown[]) => unknown;

/** Texts of a catalogue by their paths, those that are made of counts and names as well. */
function textsOf(value: unknown, path = ""): Array<[string, string]> {
  if (typeof value === "string") return [[path, value]];
  if (typeof value === "function")
    return COUNTS.flatMap((count) => textsOf(made(value as Maker, count), `${path}(${count})`));
  return Object.entries(value as object).flatMap(([key, inner]) =>
    textsOf(inner, path === "" ? key : `${path}.${key}`),
  );
}

/** A string will do for a number too; where it will not do for a list, that place is given one. */
function made(make: Maker, sample: string): unknown {
  const values: unknown[] = Array.from({ length: make.length }, () => sample);
  for (let place = 0; ; place += 1) {
    try {
      return make(...values);
    } catch (error) {
      if (place >= values.length) throw error;
      values[place] = [sample];
    }
  }
}

const english = new Map(textsOf(en));
const german = new Map(textsOf(de).filter(([path]) => !OF_THE_SERVER.test(path)));
const namesIn = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

describe("the catalogues", () => {
  it("say the same things, lists as long as each other", () => {
    expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it.each([
    ["English", textsOf(en)],
    ["German", textsOf(de)],
  ])("leave nothing empty or unfilled in %s", (_, texts) => {
    const wrong = texts.filter(
      ([path, text]) =>
        (text.trim() === "" && !SILENT.includes(path)) || /undefined|NaN|null|\[object|#/.test(text),
    );
    expect(wrong).toEqual([]);
  });

  it("put the same pieces into a sentence", () => {
    const wrong = [...english].filter(
      ([path, text]) => namesIn(text).join() !== namesIn(german.get(path) ?? "").join(),
    );
    expect(wrong).toEqual([]);
  });

  it("differ wherever the languages do", () => {
    const same = [...english].filter(
      ([path, text]) => /\p{L}/u.test(text) && !LETTERS.test(text) && german.get(path) === text,
    );
    const paths = new Set(same.map(([path]) => path.replace(/\(.*\)$/, "")));
    expect([...paths].sort()).toEqual(Object.values(SAME).flat().sort());
  });

  it("keep to the signs of German print", () => {
    const wrong = [...german].filter(([, text]) => /["'!]|\.\.\.|“[^“„]*”/.test(text));
    expect(wrong).toEqual([]);
  });
});
