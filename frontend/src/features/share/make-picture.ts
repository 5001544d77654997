import { getPeaks, getScores, getSpectrogramInfo, getSpectrogramTile } from "../../api/client";
import { useModels } from "../../app/models";
import { useSettings } from "../../app/settings";
import { words } from "../../i18n/language";
import { formatClock, formatClockTenths } from "../../lib/format";
import { paperPalette } from "../../ui/palette";
import type { Workspace } from "../session/context";
import { durationOf, soundingPrompts, thresholdOf } from "../session/session-state";
import type { ColourTable } from "../timeline/colour";
import { spanOf, type View } from "../timeline/geometry";
import type { PaintedTile } from "../timeline/paint-lanes";
import { ScoreMatrix } from "../timeline/score-matrix";
import { paintTile, visibleTiles } from "../timeline/spectrum-tiles";
import { PICTURE_WIDTH, type Picture, paintPicture, pictureHeight } from "./paint-picture";

/** 1200 points wide at this scale is 30 cm at 300 dots per inch. */
const SCALE = 3;

export interface Gathered {
  picture: Picture;
  width: number;
  height: number;
  /** What a file of it is called, without its ending. */
  name: string;
}

/** The stretch on show as a PNG for print. Raises ApiError when the server does not give what is needed. */
export async function makePicture(workspace: Workspace): Promise<{ blob: Blob; name: string }> {
  const { picture, width, height, name } = await gatherPicture(workspace, SCALE);
  const canvas = document.createElement("canvas");
  canvas.width = width * SCALE;
  canvas.height = height * SCALE;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser has no canvas to draw on");
  context.setTransform(SCALE, 0, 0, SCALE, 0, 0);
  paintPicture({ context, width, height, scale: SCALE }, picture);
  const blob = await new Promise<Blob | null>((made) => canvas.toBlob(made, "image/png"));
  if (!blob) throw new Error("the browser made no picture");
  return { blob, name: `${name}.png` };
}

/** Everything a picture of the stretch on show needs, at so many pixels a point. Raises ApiError. */
export async function gatherPicture({ session, viewport }: Workspace, scale: number): Promise<Gathered> {
  const state = session.store.getState();
  const { view } = viewport.store.getState();
  const { recording } = state;
  if (!recording) throw new Error("there is no recording to draw");
  const prompts = soundingPrompts(state);
  const palette = paperPalette(useSettings.getState().scale);
  const width = PICTURE_WIDTH;
  const height = pictureHeight(prompts.length);
  const [peaks, spectrum, matrix] = await Promise.all([
    getPeaks(session.id, stretch(view, width), session.requests),
    loadTiles(session.id, view, width * scale, palette.scores, session.requests),
    loadScores(session.id, prompts, view, width * scale, session.requests),
  ]);
  const { common, share } = words();
  const range = common.range(clock(view, view.startS), clock(view, view.endS));
  const title = recording.title;
  return {
    width,
    height,
    name: `${title} ${range.replaceAll(":", ".")}`,
    picture: {
      title,
      subtitle: share.heardBy(range, formatClock(durationOf(recording)), modelTitle(recording.model)),
      view,
      rows: prompts.map((prompt) => ({
        prompt,
        covered: state.infos[prompt]?.covered ?? true,
        muted: false,
        colour: state.rows[prompt]?.colour,
        threshold: thresholdOf(state, prompt),
        moments: state.detections
          .filter((moment) => moment.prompt === prompt)
          .map(({ onset_s, offset_s }) => [onset_s, offset_s] as const),
      })),
      peaks,
      tiles: spectrum.tiles,
      topHz: spectrum.topHz,
      heardUntilS: session.matrix.heardUntilS,
      complete: recording.state === "done",
      palette,
      fill: (prompt, stretchShown, pixels) => matrix.fill(prompt, stretchShown, pixels),
    },
  };
}

function modelTitle(name: string | null): string {
  const known = useModels.getState().overview?.models.find((model) => model.name === name);
  return known?.title ?? name ?? words().share.noModel;
}

function clock(view: View, timeS: number): string {
  return spanOf(view) < 60 ? formatClockTenths(timeS) : formatClock(timeS);
}

const stretch = (view: View, maxColumns: number) => ({ fromS: view.startS, toS: view.endS, maxColumns });

async function loadScores(
  id: string,
  prompts: readonly string[],
  view: View,
  columns: number,
  signal: AbortSignal,
): Promise<ScoreMatrix> {
  if (prompts.length === 0) return new ScoreMatrix();
  const scores = await getScores(id, prompts, stretch(view, columns), signal);
  const matrix = new ScoreMatrix(prompts, scores.start_s);
  matrix.load(prompts, scores.seconds_per_column, scores.scores, view.endS);
  return matrix;
}

async function loadTiles(
  id: string,
  view: View,
  pixels: number,
  colours: ColourTable,
  signal: AbortSignal,
): Promise<{ tiles: PaintedTile[]; topHz: number }> {
  const info = await getSpectrogramInfo(id, signal);
  const painted = await Promise.all(
    visibleTiles(info, view, pixels).map(async (address) =>
      paintTile(await getSpectrogramTile(id, address.level, address.tile, signal), info, address, colours),
    ),
  );
  return { tiles: painted.filter((tile) => tile !== null), topHz: info.max_hz };
}
