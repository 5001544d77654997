import type { Peaks } from "../../api/types";
import { words } from "../../i18n/language";
import { formatNumber, formatScore } from "../../lib/format";
import type { Surface } from "../../ui/Canvas";
import type { Palette } from "../../ui/palette";
import { cssColour } from "../timeline/colour";
import { timeToX, type View } from "../timeline/geometry";
import { type HeatRow, paintHeat } from "../timeline/paint-heat";
import { type PaintedTile, paintAxis, paintSpectrum, paintWave } from "../timeline/paint-lanes";
import type { Fill } from "../timeline/sampling";
import { ticksFor } from "../timeline/ticks";

export interface Picture {
  title: string;
  /** Where the sound is from, who heard it, and by which threshold. */
  subtitle: string;
  view: View;
  rows: ReadonlyArray<HeatRow & { threshold: number }>;
  peaks: Peaks | null;
  tiles: readonly PaintedTile[];
  /** Top of the spectrum in Hz, null where there is none. */
  topHz: number | null;
  heardUntilS: number;
  complete: boolean;
  palette: Palette;
  fill: Fill;
}

export const PICTURE_WIDTH = 1200;
/** Heights and widths of the parts, in points. */
export const LAYOUT = {
  edge: 32,
  labels: 210,
  head: 84,
  wave: 56,
  spectrum: 120,
  axis: 30,
  row: 30,
  foot: 54,
};
const {
  edge: EDGE,
  labels: LABELS,
  head: HEAD,
  wave: WAVE,
  spectrum: SPECTRUM,
  axis: AXIS,
  row: ROW,
  foot: FOOT,
} = LAYOUT;
const FONT = '"Inter Variable", sans-serif';

export function pictureHeight(rows: number): number {
  return HEAD + WAVE + SPECTRUM + AXIS + rows * ROW + FOOT;
}

/** What the stage shows, for paper: title, level, spectrum, time axis, rows with their words, and the legend. */
export function paintPicture(surface: Surface, picture: Picture): void {
  const { context, width, height } = surface;
  const { palette, view } = picture;
  const { share, timeline } = words();
  context.fillStyle = palette.ground;
  context.fillRect(0, 0, width, height);
  text(surface, palette.ink, `640 22px ${FONT}`, picture.title, EDGE, 44, width - 2 * EDGE);
  text(surface, palette.inkSoft, `400 13px ${FONT}`, picture.subtitle, EDGE, 66, width - 2 * EDGE);

  const track = width - LABELS - EDGE;
  const heardX = picture.complete
    ? track
    : Math.max(0, Math.min(track, timeToX(view, track, picture.heardUntilS)));
  const label = (what: string, middle: number, bold = false) =>
    text(
      surface,
      bold ? palette.ink : palette.inkSoft,
      `${bold ? 520 : 400} 12.5px ${FONT}`,
      what,
      EDGE,
      middle + 4,
      LABELS - EDGE - 52,
    );

  let top = HEAD;
  label(timeline.level, top + WAVE / 2);
  part(surface, LABELS, top, track, WAVE, (lane) => {
    if (picture.peaks)
      paintWave(
        lane,
        palette,
        view,
        [picture.peaks],
        picture.complete ? Number.POSITIVE_INFINITY : picture.heardUntilS,
      );
  });
  top += WAVE;
  label(spectrumWords(picture), top + SPECTRUM / 2);
  part(surface, LABELS, top, track, SPECTRUM, (lane) =>
    paintSpectrum(lane, palette, view, picture.tiles, heardX),
  );
  top += SPECTRUM;
  label(share.time, top + AXIS / 2);
  part(surface, LABELS, top, track, AXIS, (lane) =>
    paintAxis(lane, palette, view, ticksFor(view, track, 80)),
  );
  top += AXIS;
  picture.rows.forEach((row, index) => {
    const middle = top + (index + 0.5) * ROW;
    label(row.prompt, middle, true);
    context.textAlign = "right";
    text(
      surface,
      palette.inkSoft,
      `400 11.5px ${FONT}`,
      `≥ ${formatScore(row.threshold)}`,
      LABELS - 12,
      middle + 4,
      50,
    );
    context.textAlign = "left";
  });
  part(surface, LABELS, top, track, Math.max(1, picture.rows.length * ROW), (lane) =>
    paintHeat(lane, {
      view,
      rows: picture.rows,
      rowHeight: ROW,
      palette,
      fill: picture.fill,
      heardUntilS: picture.heardUntilS,
      front: false,
      complete: picture.complete,
    }),
  );
  paintLegend(surface, palette, top + picture.rows.length * ROW + 30);
}

/** What the spectrum is called, with its top where there is one. */
export function spectrumWords({ topHz }: Picture): string {
  const { timeline } = words();
  return topHz === null
    ? timeline.spectrum
    : `${timeline.spectrum} ${timeline.toKhz(formatNumber(topHz / 1000, 0))}`;
}

function text(
  surface: Surface,
  colour: string,
  font: string,
  what: string,
  x: number,
  y: number,
  most: number,
): void {
  const { context } = surface;
  context.font = font;
  context.fillStyle = colour;
  let shown = what;
  while (shown.length > 1 && context.measureText(shown).width > most)
    shown = `${shown.slice(0, -2).trimEnd()}…`;
  context.fillText(shown, x, y);
}

/** Paints a lane as if it were a canvas of its own. */
function part(
  { context, scale }: Surface,
  x: number,
  y: number,
  width: number,
  height: number,
  paint: (lane: Surface) => void,
): void {
  context.save();
  context.translate(x, y);
  context.beginPath();
  context.rect(0, 0, width, height);
  context.clip();
  paint({ context, width, height, scale });
  context.restore();
}

function paintLegend(surface: Surface, palette: Palette, y: number): void {
  const { context, width } = surface;
  const bar = 160;
  const left = LABELS + 62;
  const gradient = context.createLinearGradient(left, 0, left + bar, 0);
  for (let stop = 0; stop <= 16; stop += 1)
    gradient.addColorStop(stop / 16, cssColour(stop / 16, palette.scores));
  const font = `400 12px ${FONT}`;
  text(surface, palette.inkSoft, font, words().share.scoreZero, LABELS, y + 4, 60);
  context.fillStyle = gradient;
  context.fillRect(left, y - 5, bar, 10);
  text(surface, palette.inkSoft, font, "1", left + bar + 8, y + 4, 20);
  context.fillStyle = palette.accent;
  context.fillRect(left + bar + 42, y + 1, 22, 2);
  text(surface, palette.inkSoft, font, words().share.momentSign, left + bar + 72, y + 4, 400);
  context.textAlign = "right";
  text(surface, palette.inkSoft, font, "SonoTag", width - EDGE, y + 4, 80);
  context.textAlign = "left";
}
