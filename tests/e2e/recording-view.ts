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

  async untilDone(patienceMs = 60_000): Promise<void> {
    await expect(this.status).toContainText("Done", { timeout: patienceMs });
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

  /** The stretch of the recording on show, as the stage tells it. */
  async shownS(): Promise<{ startS: number; endS: number }> {
    const stage = this.page.locator(".stage-scroll");
    const [startS, endS] = ((await stage.getAttribute("data-shown-s")) ?? "").split(" ").map(Number);
    return { startS, endS };
  }

  async spanS(): Promise<number> {
    const { startS, endS } = await this.shownS();
    return endS - startS;
  }

  /** Where a moment of a row lies on the screen, scrolled into sight if need be. */
  async pointOf(prompt: string, timeS: number): Promise<{ x: number; y: number }> {
    const place = await this.page.locator(".stage").evaluate(
      (stage, { words, at }) => {
        const names = [...stage.querySelectorAll<HTMLElement>(".row-name")];
        const row = names.find((name) => name.innerText === words)?.closest(".row");
        const heat = stage.querySelector(".heat")?.getBoundingClientRect();
        const durationS = Number(stage.querySelector("[role=slider]")?.getAttribute("aria-valuemax"));
        if (!row || !heat) return null;
        const edge = (part: string) => stage.querySelector(part)?.getBoundingClientRect();
        const { top, bottom } = row.getBoundingClientRect();
        const underFoot = bottom > (edge(".stage-foot")?.top ?? bottom);
        const underLanes = top < (edge(".lanes")?.bottom ?? top);
        if (underFoot || underLanes) {
          const seen = (edge(".stage-foot")?.top ?? 0) + (edge(".lanes")?.bottom ?? 0);
          stage.querySelector(".stage-scroll")?.scrollBy(0, (top + bottom - seen) / 2);
          if (row.getBoundingClientRect().bottom > innerHeight) row.scrollIntoView({ block: "center" });
        }
        const box = row.getBoundingClientRect();
        return {
          x: heat.x + Math.min((at / durationS) * heat.width, heat.width - 1),
          y: box.y + box.height / 2,
        };
      },
      { words: prompt, at: timeS },
    );
    if (!place) throw new Error(`no row for ${prompt}`);
    return place;
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

  /** Lightness, 0 to 255, of the map's pixels at some moments of a row. */
  async lightnessAt(prompt: string, timesS: number[]): Promise<number[]> {
    return this.page.locator(".stage").evaluate(
      (stage, { words, times }) => {
        const names = [...stage.querySelectorAll<HTMLElement>(".row-name")];
        const row = names
          .find((name) => name.innerText === words)
          ?.closest(".row")
          ?.getBoundingClientRect();
        const middle = row ? row.top + row.height / 2 : Number.NaN;
        // The map is in several canvases, some rows each.
        const canvas = [...stage.querySelectorAll<HTMLCanvasElement>(".heat-canvas canvas")].find((one) => {
          const { top, bottom } = one.getBoundingClientRect();
          return top < middle && middle < bottom;
        });
        const durationS = Number(stage.querySelector("[role=slider]")?.getAttribute("aria-valuemax"));
        // A copy, because reading pixels back from the page's own canvas would change how it is drawn.
        const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
        if (!canvas || !copy) throw new Error("no map on the page");
        const { top, height } = canvas.getBoundingClientRect();
        const y = Math.floor(((middle - top) / height) * canvas.height);
        return times.map((timeS) => {
          const x = Math.min(canvas.width - 1, Math.floor((timeS / durationS) * canvas.width));
          copy.drawImage(canvas, x, y, 1, 1, 0, 0, 1, 1);
          const [r, g, b] = copy.getImageData(0, 0, 1, 1).data;
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        });
      },
      { words: prompt, times: timesS },
    );
  }

  /** The moments of a row as the map's table tells them to those who do not see it. */
  async spokenMoments(prompt: string): Promise<Array<{ onsetS: number; offsetS: number }>> {
    const table = this.page.getByRole("table", { name: "Moments of each prompt" });
    const words = await table.getByRole("row", { name: prompt }).innerText();
    const seconds = (clock: string) => clock.split(":").reduce((total, part) => total * 60 + Number(part), 0);
    return [...words.matchAll(/([\d:.]+) to ([\d:.]+)/g)].map(([, from, to]) => ({
      onsetS: seconds(from),
      offsetS: seconds(to),
    }));
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
