import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ScoreMatrix } from "./score-matrix";
import { ScoreRow } from "./score-row";

const scores = fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 900 });

describe("ScoreRow", () => {
  it("finds the maximum of any stretch, block by block or not", () => {
    fc.assert(
      fc.property(scores, fc.nat(900), fc.nat(900), (values, a, b) => {
        const row = new ScoreRow();
        row.write(0, values);
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const expected = values.slice(from, to).map(Math.fround);
        const found = row.max(from, to);
        if (expected.length === 0) expect(found).toBeNaN();
        else expect(found).toBe(Math.max(...expected));
      }),
    );
  });

  it("is the same whether it grew piece by piece or came at once", () => {
    fc.assert(
      fc.property(scores, fc.integer({ min: 1, max: 80 }), (values, piece) => {
        const whole = new ScoreRow();
        whole.write(0, values);
        const grown = new ScoreRow();
        for (let at = 0; at < values.length; at += piece) grown.write(at, values.slice(at, at + piece));
        expect(grown.length).toBe(whole.length);
        for (let at = 0; at < values.length; at += 1) expect(grown.at(at)).toBe(whole.at(at));
        expect(grown.max(0, values.length)).toBe(whole.max(0, values.length));
      }),
    );
  });

  it("says NaN for what was never written", () => {
    const row = new ScoreRow();
    row.write(4, [0.5]);
    expect(row.at(0)).toBeNaN();
    expect(row.at(4)).toBeCloseTo(0.5);
    expect(row.at(5)).toBeNaN();
    expect(row.max(0, 4)).toBeNaN();
  });
});

describe("ScoreMatrix", () => {
  it("fills pixels with what each of them shows by itself, at any zoom", () => {
    const start = fc.double({ min: 0, max: 200, noNaN: true });
    const span = fc.double({ min: 0.01, max: 400, noNaN: true });
    fc.assert(
      fc.property(scores, start, span, fc.integer({ min: 1, max: 60 }), (values, startS, spanS, count) => {
        const matrix = new ScoreMatrix(["dog"], 3);
        matrix.load(["dog"], 0.25, [values], 250);
        const view = { startS, endS: startS + spanS };
        const pixels = new Float32Array(count);
        matrix.fill("dog", view, pixels);
        pixels.forEach((score, pixel) => {
          const fromS = startS + (pixel / count) * spanS;
          const toS = startS + ((pixel + 1) / count) * spanS;
          expect(score).toBe(matrix.maxIn("dog", fromS, toS));
        });
        matrix.fill("cat", view, pixels);
        expect(pixels.every(Number.isNaN)).toBe(true);
      }),
    );
  });

  it("finds when in a stretch a score is highest", () => {
    const matrix = new ScoreMatrix(["dog"], 2);
    matrix.load(["dog"], 0.5, [[0.1, 0.9, 0.3, 0.9]], 4);
    expect(matrix.peakTime("dog", 2, 4)).toBe(2.75);
    expect(matrix.peakTime("dog", 3, 4)).toBe(3.75);
    expect(matrix.peakTime("dog", 10, 12)).toBe(11);
  });

  it("grows window by window", () => {
    const matrix = new ScoreMatrix(["dog", "bell"]);
    matrix.append(
      0,
      1,
      0.5,
      ["dog", "bell"],
      [
        [0.1, 0.9],
        [0.2, 0.3],
      ],
    );
    matrix.append(1, 2, 0.5, ["dog", "bell"], [[0.4, 0.5], null]);
    expect(matrix.heardUntilS).toBe(2);
    expect(matrix.scoreAt("dog", 0.75)).toBeCloseTo(0.9);
    expect(matrix.scoreAt("dog", 1.5)).toBeCloseTo(0.5);
    expect(matrix.scoreAt("bell", 1.5)).toBeNaN();
    expect(matrix.scoreAt("dog", 2.5)).toBeNaN();
  });

  it("never loses a single hot frame, whatever the width it is drawn at", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4000 }),
        fc.nat(),
        fc.integer({ min: 1, max: 900 }),
        (frames, at, pixels) => {
          const hot = at % frames;
          const values = new Float32Array(frames).fill(0.05);
          values[hot] = 1;
          const matrix = new ScoreMatrix(["dog"]);
          const lengthS = frames * 0.125;
          matrix.append(0, lengthS, 0.125, ["dog"], [values]);
          let best = 0;
          for (let pixel = 0; pixel < pixels; pixel += 1) {
            const fromS = (pixel / pixels) * lengthS;
            const toS = ((pixel + 1) / pixels) * lengthS;
            best = Math.max(best, matrix.maxIn("dog", fromS, toS));
          }
          expect(best).toBe(1);
        },
      ),
    );
  });

  it("pools frames that are finer than the columns of a snapshot by their maximum", () => {
    const matrix = new ScoreMatrix(["dog"]);
    matrix.load(["dog"], 1, [[0.1, 0.2]], 2);
    matrix.append(2, 4, 0.25, ["dog"], [[0, 0, 0.8, 0, 0.3, 0, 0, 0]]);
    expect(matrix.scoreAt("dog", 2.1)).toBeCloseTo(0.8);
    expect(matrix.scoreAt("dog", 3.9)).toBeCloseTo(0.3);
    expect(matrix.peakOf("dog")).toBeCloseTo(0.8);
  });

  it("keeps the scores of words that stay when the words change", () => {
    const matrix = new ScoreMatrix(["dog", "bell"]);
    matrix.append(0, 0.5, 0.5, ["dog", "bell"], [[0.7], [0.2]]);
    matrix.setPrompts(["rain", "dog"]);
    expect(matrix.prompts).toEqual(["rain", "dog"]);
    expect(matrix.scoreAt("dog", 0)).toBeCloseTo(0.7);
    expect(matrix.scoreAt("rain", 0)).toBeNaN();
    expect(matrix.scoreAt("bell", 0)).toBeNaN();
  });

  it("leaves alone what was scored for words that are gone", () => {
    const matrix = new ScoreMatrix(["rain"]);
    matrix.append(0, 0.5, 0.5, ["dog"], [[0.7]]);
    expect(matrix.columnsOf("rain")).toBe(0);
    expect(matrix.columnsOf("dog")).toBe(0);
  });

  it("tells share, peak and mean of a stretch", () => {
    const matrix = new ScoreMatrix(["dog"]);
    matrix.append(0, 4, 0.5, ["dog"], [[0.1, 0.6, 0.8, 0.3, 0.5, 0.2, 0.1, 0.9]]);
    const whole = matrix.statistics("dog", 0, 4, 0.5);
    expect(whole?.share).toBeCloseTo(0.5);
    expect(whole?.peak).toBeCloseTo(0.9);
    expect(whole?.mean).toBeCloseTo(3.5 / 8);
    const middle = matrix.statistics("dog", 0.5, 1.5, 0.5);
    expect(middle?.share).toBe(1);
    expect(middle?.mean).toBeCloseTo(0.7);
    expect(matrix.statistics("dog", 3.6, 3.7, 0.5)?.peak).toBeCloseTo(0.9);
    expect(matrix.statistics("dog", 5, 6, 0.5)).toBeNull();
  });
});
