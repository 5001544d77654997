import type { Workspace } from "../session/context";
import { paintSpectrum } from "../timeline/paint-lanes";
import { gatherPicture } from "./make-picture";
import { LAYOUT, PICTURE_WIDTH, type Picture } from "./paint-picture";
import { svgView } from "./svg-view";

/** Of the spectrum, which is a photograph: for print. */
const SCALE = 2;

/** The stretch on show as an SVG, to print at any size and to edit. Raises ApiError. */
export async function makeSvg(workspace: Workspace): Promise<{ blob: Blob; name: string }> {
  const { picture, height, name } = await gatherPicture(workspace, SCALE);
  const text = svgView(picture, height, spectrumImage(picture));
  return { blob: new Blob([text], { type: "image/svg+xml" }), name: `${name}.svg` };
}

function spectrumImage(picture: Picture): string | null {
  if (picture.tiles.length === 0) return null;
  const width = PICTURE_WIDTH - LAYOUT.labels - LAYOUT.edge;
  const canvas = document.createElement("canvas");
  canvas.width = width * SCALE;
  canvas.height = LAYOUT.spectrum * SCALE;
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.setTransform(SCALE, 0, 0, SCALE, 0, 0);
  const surface = { context, width, height: LAYOUT.spectrum, scale: SCALE };
  paintSpectrum(surface, picture.palette, picture.view, picture.tiles, width);
  return canvas.toDataURL("image/png");
}
