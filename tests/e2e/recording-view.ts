import { expect, type Locator, type Page } from "@playwright/test";

/** A recording's page as a person uses it: points at the map, reads what it says. */
export class RecordingView {
  readonly status: Locator;
  readonly playhead: Locator;
  readonly readout: Locator;
  readonly moments: Locator;
  readonly rows: Locator;

  constructor(private readonly page: Page) {
    this.status = page.locator(".run-words");
    this.playhead = page.getByRole("slider", { name: "Playhead" });
    this.readout = page.getByRole("tooltip");
    this.moments = page.locator(".moment");
    this.rows = page.getByRole("list", { name: "Prompts" }).getByRole("listitem");
  }

  async open(id: string): Promise<void> {
    await this.page.goto(`/#/r/${id}`);
    await expect(this.status).toContainText("Done");
    await expect(this.moments.first()).toBeVisible();
  }

  async untilDone(): Promise<void> {
    await expect(this.status).toContainText("Done", { timeout: 40_000 });
    await expect(this.page.locator(".moments")).toHaveAttribute("aria-busy", "false");
  }

  async prompts(): Promise<string[]> {
    return this.page.locator(".row-name").allInnerTexts();
  }

  async durationS(): Promise<number> {
    return Number(await this.playhead.getAttribute("aria-valuemax"));
  }

  async positionS(): Promise<number> {
    return Number(await this.playhead.getAttribute("aria-valuenow"));
  }

  /** Where a moment of a row lies on the screen. */
  async pointOf(prompt: string, timeS: number): Promise<{ x: number; y: number }> {
    const row = (await this.prompts()).indexOf(prompt);
    if (row < 0) throw new Error(`no row for ${prompt}`);
    await this.rows.nth(row).scrollIntoViewIfNeeded();
    const map = this.page.locator(".heat");
    const box = await map.boundingBox();
    const height = await this.rows.first().evaluate((item) => item.getBoundingClientRect().height);
    if (!box) throw new Error("no map on the page");
    const x = box.x + (timeS / (await this.durationS())) * box.width;
    return { x: Math.min(x, box.x + box.width - 1), y: box.y + (row + 0.5) * height };
  }

  /** The score the page shows when one points at a moment of a row. */
  async scoreAt(prompt: string, timeS: number): Promise<number> {
    const { x, y } = await this.pointOf(prompt, timeS);
    await this.page.mouse.move(x, y);
    await expect(this.readout).toContainText(prompt);
    const words = await this.readout.innerText();
    const score = /score ([\d.]+)/.exec(words);
    if (!score) throw new Error(`no score in "${words}"`);
    return Number(score[1]);
  }

  /** Lightness, 0 to 255, of the map's pixel at a moment of a row. */
  async lightnessAt(prompt: string, timeS: number): Promise<number> {
    const row = (await this.prompts()).indexOf(prompt);
    const share = timeS / (await this.durationS());
    return this.page.locator(".heat-canvas canvas").evaluate(
      (canvas, { at, rowIndex }) => {
        const element = canvas as HTMLCanvasElement;
        const rows = document.querySelectorAll(".labels .row").length;
        const x = Math.min(element.width - 1, Math.floor(at * element.width));
        const y = Math.floor(((rowIndex + 0.5) / rows) * element.height);
        // A copy, because reading pixels back from the page's own canvas would change how it is drawn.
        const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
        copy?.drawImage(element, x, y, 1, 1, 0, 0, 1, 1);
        const [r, g, b] = copy?.getImageData(0, 0, 1, 1).data ?? [0, 0, 0];
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      },
      { at: share, rowIndex: row },
    );
  }

  /** The moments as listed: whose they are, when they begin and how long they last. */
  async listedMoments(): Promise<Array<{ prompt: string; onsetS: number }>> {
    return this.moments.evaluateAll((items) =>
      items.map((item) => {
        const clock = item.querySelector(".moment-at")?.textContent ?? "";
        const onsetS = clock.split(":").reduce((total, part) => total * 60 + Number(part), 0);
        return { prompt: item.querySelector(".moment-name")?.textContent ?? "", onsetS };
      }),
    );
  }
}
