import type { Peaks } from "../../api/types";
import type { Surface } from "../../ui/Canvas";
import type { Palette } from "../../ui/palette";
import { scoreIndex } from "./colour";
import { spanOf, timeToX, type View } from "./geometry";
import { paintHatch } from "./paint-hatch";
import { Strip } from "./strip";
import type { Tick } from "./ticks";

export function paintAxis(
  { context, width, height }: Surface,
  palette: Palette,
  view: View,
  ticks: Tick[],
): void {
  context.font = '11.5px "Inter Variable", sans-serif';
  for (const tick of ticks) {
    const x = timeToX(view, width, tick.timeS);
    context.fillStyle = palette.inkSoft;
    context.globalAlpha = 0.6;
    context.fillRect(Math.min(Math.round(x), width - 1), height - 6, 1, 6);
    context.globalAlpha = 1;
    const label = context.measureText(tick.label).width;
    if (x + 5 + label <= width) context.fillText(tick.label, x + 5, height - 9);
  }
}

const STRIP = new Strip();
const BAR = 3;
const BAR_INK = 2;

/**
 * The level as bars, each as tall as the loudest sample in its stretch; fainter where not heard yet. Of the
 * waveforms given, the finest comes last: it is read wherever it reaches.
 */
export function paintWave(
  surface: Surface,
  palette: Palette,
  view: View,
  waves: readonly Peaks[],
  heardUntilS: number,
): void {
  const { context, width, height } = surface;
  context.fillStyle = palette.inkSoft;
  // Anchored to the recording, not to the view, so that bars move with the sound while it is panned.
  const barS = (spanOf(view) / width) * BAR;
  const firstBar = Math.floor(view.startS / barS);
  for (let bar = firstBar; bar * barS < view.endS; bar += 1) {
    const fromS = bar * barS;
    let loudest: number | null = null;
    for (let index = waves.length - 1; index >= 0 && loudest === null; index -= 1)
      loudest = loudestIn(waves[index], fromS, fromS + barS);
    if (loudest === null) continue; // Not decoded yet, which is not silence.
    // A square root keeps quiet passages visible beside loud ones.
    const half = Math.max(0.75, Math.sqrt(loudest) * (height / 2 - 4));
    context.globalAlpha = fromS < heardUntilS ? 0.9 : 0.32;
    context.fillRect(timeToX(view, width, fromS), height / 2 - half, BAR_INK, half * 2);
  }
  context.globalAlpha = 1;
}

/** The loudest sample of a stretch, null where the waveform does not reach. */
function loudestIn(peaks: Peaks, fromS: number, toS: number): number | null {
  const columns = peaks.max.length;
  const first = Math.max(0, Math.floor((fromS - peaks.start_s) / peaks.seconds_per_column));
  if (first >= columns || toS <= peaks.start_s) return null;
  const end = Math.min(columns, Math.ceil((toS - peaks.start_s) / peaks.seconds_per_column));
  let loudest = 0;
  for (let column = first; column < Math.max(end, first + 1); column += 1) {
    loudest = Math.max(loudest, Math.abs(peaks.min[column]), Math.abs(peaks.max[column]));
  }
  return loudest;
}

export interface MinimapPicture {
  durationS: number;
  heardUntilS: number;
  complete: boolean;
  palette: Palette;
  /** Says for each pixel across a view the highest score of any prompt in it. */
  fill: (view: View, pixels: Float32Array) => void;
}

/** All prompts at once over the whole recording. */
export function paintMinimap(surface: Surface, picture: MinimapPicture): void {
  const { context, width, height, scale } = surface;
  const { durationS, palette } = picture;
  const whole = { startS: 0, endS: Math.max(durationS, 1e-3) };
  const top = 12;
  const band = height - 2 * top;
  context.fillStyle = palette.raised;
  context.fillRect(0, top, width, band);
  const columns = Math.round(width * scale);
  const scores = new Float32Array(columns);
  picture.fill(whole, scores);
  const image = new ImageData(columns, 1);
  const pixels = new Uint32Array(image.data.buffer);
  const heard = picture.complete ? columns : Math.ceil(timeToX(whole, columns, picture.heardUntilS));
  for (let column = 0; column < Math.min(columns, heard); column += 1) {
    const score = scores[column];
    if (!Number.isNaN(score)) pixels[column] = palette.scores[scoreIndex(score)];
  }
  const strip = STRIP.of(image);
  context.imageSmoothingEnabled = false;
  context.drawImage(strip, 0, 0, columns, 1, 0, top, width, band);
}

export interface PaintedTile {
  image: CanvasImageSource;
  startS: number;
  endS: number;
  columns: number;
  bands: number;
}

export function paintSpectrum(
  surface: Surface,
  palette: Palette,
  view: View,
  tiles: readonly PaintedTile[],
  heardX: number,
): void {
  const { context, width, height } = surface;
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  for (const tile of tiles) {
    const x = timeToX(view, width, tile.startS);
    const end = timeToX(view, width, tile.endS);
    if (end <= 0 || x >= width) continue;
    context.drawImage(tile.image, 0, 0, tile.columns, tile.bands, x, 0, end - x, height);
  }
  paintHatch(surface, palette, { x: heardX, y: 0, width: width - heardX, height });
}
