import type { Surface } from "../../ui/Canvas";
import type { Palette } from "../../ui/palette";

const SPACING = 9;

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The sign for "nothing known here": not heard yet, or not covered by the model. */
export function paintHatch({ context }: Surface, palette: Palette, box: Box): void {
  if (box.width <= 0 || box.height <= 0) return;
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  context.fillStyle = palette.surface;
  context.fillRect(box.x, box.y, box.width, box.height);
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.beginPath();
  // Anchored to the canvas, not to the box, so that the lines stand still while the front moves over them.
  const bottom = box.y + box.height;
  const first = Math.floor((box.x - box.height) / SPACING) * SPACING;
  for (let x = first; x < box.x + box.width; x += SPACING) {
    context.moveTo(x, bottom);
    context.lineTo(x + box.height, box.y);
  }
  context.stroke();
  context.restore();
}
