import type { Surface } from "../../ui/Canvas";
import type { Palette } from "../../ui/palette";
import { scoreIndex } from "./colour";
import { timeToX, type View } from "./geometry";
import { paintHatch } from "./paint-hatch";
import type { Fill } from "./sampling";
import { Strip } from "./strip";

export interface HeatRow {
  prompt: string;
  covered: boolean;
  muted: boolean;
  /** Of the lines under its moments; the accent without it. */
  colour?: number | undefined;
  /** Onset and offset of the row's moments, in seconds, in order. */
  moments: ReadonlyArray<readonly [number, number]>;
}

export interface HeatPicture {
  view: View;
  rows: readonly HeatRow[];
  rowHeight: number;
  palette: Palette;
  fill: Fill;
  heardUntilS: number;
  /** Whether the rest is still to come; otherwise what was not heard stays so. */
  front: boolean;
  complete: boolean;
}

const STRIP = new Strip();
const GAP = 4;
const MUTED_ALPHA = 0.22;
const LEAST_MARK_PX = 2;

/** The map: one band per prompt, hatched where nothing is known, with a line under each moment. */
export function paintHeat(surface: Surface, picture: HeatPicture): void {
  const { context, width } = surface;
  const { view, rows, rowHeight, palette } = picture;
  const height = rows.length * rowHeight;
  if (height === 0) return;
  const heardX = picture.complete
    ? width
    : Math.max(0, Math.min(width, timeToX(view, width, picture.heardUntilS)));
  paintHatch(surface, palette, { x: heardX, y: 0, width: width - heardX, height });
  paintScores(surface, picture, heardX);
  rows.forEach((row, index) => {
    const y = index * rowHeight + GAP / 2;
    if (!row.covered) {
      paintHatch(surface, palette, { x: 0, y, width: heardX, height: rowHeight - GAP });
    }
    context.fillStyle = palette.rows[(row.colour ?? 0) - 1] ?? palette.accent;
    paintMoments(surface, view, row.moments, (index + 1) * rowHeight - GAP / 2);
  });
  context.fillStyle = palette.accent;
  if (picture.front && heardX > 0 && heardX < width) {
    context.fillRect(heardX - 1, 0, 2, height);
  }
}

/** A line per moment. Ten hours hold more of them than pixels: those that would lie on each other are one line. */
function paintMoments({ context, width }: Surface, view: View, moments: HeatRow["moments"], y: number): void {
  let from = Number.NaN;
  let to = Number.NEGATIVE_INFINITY;
  for (const [onsetS, offsetS] of moments) {
    const x = timeToX(view, width, onsetS);
    if (x > width) break;
    const end = Math.max(timeToX(view, width, offsetS), x + LEAST_MARK_PX);
    if (end < 0) continue;
    if (x <= to) {
      if (end > to) to = end;
      continue;
    }
    if (to > from) context.fillRect(from, y, to - from, 2);
    from = x;
    to = end;
  }
  if (to > from) context.fillRect(from, y, to - from, 2);
}

function paintScores(surface: Surface, picture: HeatPicture, heardX: number): void {
  const { context, width, scale } = surface;
  const { view, rows, rowHeight, palette } = picture;
  const columns = Math.round(width * scale);
  const heardColumns = Math.min(columns, Math.ceil(heardX * scale));
  if (heardColumns === 0) return;
  const image = new ImageData(columns, rows.length);
  const pixels = new Uint32Array(image.data.buffer);
  const scores = new Float32Array(columns);
  rows.forEach((row, index) => {
    if (!row.covered) return;
    picture.fill(row.prompt, view, scores);
    const base = index * columns;
    for (let column = 0; column < heardColumns; column += 1) {
      const score = scores[column];
      if (!Number.isNaN(score)) pixels[base + column] = palette.scores[scoreIndex(score)];
    }
  });
  const strip = STRIP.of(image);
  context.imageSmoothingEnabled = false;
  rows.forEach((row, index) => {
    context.globalAlpha = row.muted ? MUTED_ALPHA : 1;
    context.drawImage(strip, 0, index, columns, 1, 0, index * rowHeight + GAP / 2, width, rowHeight - GAP);
  });
  context.globalAlpha = 1;
}
