import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Place, parsePlace, placeParameters } from "./place";

const there = (place: Place) => parsePlace(new URLSearchParams(placeParameters(place)));

describe("a place in an address", () => {
  it("survives the way there and back", () => {
    const place: Place = {
      timeS: 51.25,
      view: { startS: 10, endS: 20.5 },
      selection: { startS: 12.34, endS: 13 },
      threshold: 0.65,
      rows: {
        "a bell~far, away": { threshold: 0.8 },
        "100 % rain & wind?": { muted: true, threshold: 0.3 },
        "dog | puppy > cough": { colour: 3, threshold: 0.2 },
        sea: { colour: 8, muted: true },
      },
    };
    expect(there(place)).toEqual(place);
    expect(there({})).toEqual({});
    const share = fc.integer({ min: 1, max: 99 }).map((percent) => percent / 100);
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), share, (prompt, threshold) => {
        fc.pre(prompt !== "__proto__");
        expect(there({ rows: { [prompt]: { threshold } } })).toEqual({ rows: { [prompt]: { threshold } } });
      }),
    );
  });

  it("leaves out what makes no sense, and never fails", () => {
    const parse = (text: string) => parsePlace(new URLSearchParams(text));
    expect(parse("t=-3&v=20-10&s=abc&th=7&r=rain&r=~rain&r=c9~rain&r=2~rain&t=1e9x")).toEqual({});
    expect(parse("t=Infinity&v=1-2-3&th=")).toEqual({});
    fc.assert(fc.property(fc.string(), (text) => void parse(text)));
  });
});
