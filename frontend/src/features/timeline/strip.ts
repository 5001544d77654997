/**
 * A small picture to be stretched onto a canvas. It is kept from paint to paint: making a canvas and its context
 * costs more than filling it.
 */
export class Strip {
  private canvas: OffscreenCanvas | null = null;

  /** The picture as something to draw from; the next call paints over it. */
  of(image: ImageData): OffscreenCanvas {
    const { width, height } = image;
    if (this.canvas?.width !== width || this.canvas.height !== height) {
      this.canvas = new OffscreenCanvas(width, height);
    }
    this.canvas.getContext("2d")?.putImageData(image, 0, 0);
    return this.canvas;
  }
}
