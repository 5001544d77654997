import { describe, expect, it } from "vitest";
import { colourTable, cssColour } from "../timeline/colour";
import { ScoreMatrix } from "../timeline/score-matrix";
import type { Picture } from "./paint-picture";
import { pictureHeight } from "./paint-picture";
import { svgView } from "./svg-view";

const CIVIDIS = colourTable("cividis");

function picture(change: Partial<Picture> = {}): Picture {
  const matrix = new ScoreMatrix(["dog", "bell"]);
  matrix.load(["dog", "bell"], 1, [Array(10).fill(0), [0, 0, 0, 0, 0, 1, 1, 0, 0, 0]], 10);
  const row = (prompt: string) => ({ prompt, covered: true, muted: false, threshold: 0.5, moments: [] });
  return {
    title: "a garden",
    subtitle: "0:00 to 0:10",
    view: { startS: 0, endS: 10 },
    rows: [row("dog"), { ...row("bell"), moments: [[5, 7]] }],
    peaks: null,
    tiles: [],
    topHz: null,
    heardUntilS: 10,
    complete: true,
    palette: {
      rows: [],
      ground: "#fff",
      surface: "#fff",
      raised: "#eee",
      line: "#ddd",
      ink: "#111",
      inkSoft: "#555",
      accent: "#b34700",
      scores: CIVIDIS,
    } as Picture["palette"],
    fill: (prompt, view, pixels) => matrix.fill(prompt, view, pixels),
    ...change,
  };
}

describe("the view as a drawing", () => {
  it("has a rectangle where a score is, in its colour, and a line where a moment is", () => {
    const svg = svgView(picture(), pictureHeight(2), null);
    const bell = svg.slice(svg.indexOf('aria-label="bell"'));
    const track = 1200 - 210 - 32;
    const bright = new RegExp(
      `<path fill="${cssColour(1, CIVIDIS).replace(/[()]/g, "\\$&")}" d="M([\\d.]+) 2h([\\d.]+)v`,
    );
    const [, x, width] = (bright.exec(bell) ?? []).map(Number);
    expect(x).toBeCloseTo(track / 2, 0);
    expect(width).toBeCloseTo(track / 5, 0);
    expect(bell).toContain(`<rect x="${track / 2}" y="28" width="${track / 5}" height="2" fill="#b34700"/>`);
    expect(svg.slice(svg.indexOf('aria-label="dog"'), svg.indexOf('aria-label="bell"'))).not.toMatch(bright);
  });

  it("ends where nothing has been heard yet, and says what is not covered", () => {
    const half = svgView(picture({ complete: false, heardUntilS: 6 }), pictureHeight(2), null);
    const cells = [...half.matchAll(/M([\d.]+) 2h([\d.]+)v/g)].map(
      ([, x, width]) => Number(x) + Number(width),
    );
    expect(Math.max(...cells)).toBeCloseTo((1200 - 242) * 0.6, 1);
    const [dog] = picture().rows;
    expect(svgView(picture({ rows: [{ ...dog, covered: false }] }), 400, null)).toContain("not covered");
  });

  it("takes people's words as words", () => {
    const [dog] = picture().rows;
    const nasty = '"><script>alert(1)</script>&\u0007';
    const svg = svgView(picture({ title: nasty, rows: [{ ...dog, prompt: nasty }] }), 400, null);
    expect(svg).not.toContain("<script");
    expect(svg).not.toContain("\u0007");
    expect(svg).toContain("&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp; ");
  });
});
