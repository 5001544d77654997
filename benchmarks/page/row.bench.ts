import { writeFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";

interface Task {
  /** An hour, analysed. */
  id: string;
  /** Words that the model knows: those on the page at first, and those that are added one by one. */
  present: string[];
  added: string[];
  figures: string;
}

const task = JSON.parse(process.env.SONOTAG_BENCH ?? "{}") as Task;
const url = process.env.SONOTAG_URL ?? "";
const PAUSE_MS = 2500;

declare global {
  interface Window {
    /** Milliseconds from the key that adds a row to the frame that shows its scores. */
    painted: number[];
  }
}

test("a row is added to an hour", async ({ page }) => {
  await page.addInitScript(watchRows);
  const words = task.present.map((prompt) => `p=${encodeURIComponent(prompt)}`).join("&");
  await page.goto(`${url}/#/r/${task.id}?${words}`);
  await expect(page.locator(".run-words")).toContainText("Done");
  await expect(page.locator(".moments, .moments-none").first()).toBeVisible();
  const field = page.getByLabel("Add a sound to look for");
  const told: number[] = [];
  for (const [round, word] of task.added.entries()) {
    await field.fill(word);
    // A person takes as long to type. What the last row and the suggestions ask the server for is not part of this one.
    await page.waitForTimeout(PAUSE_MS);
    await field.press("Enter");
    await page.waitForFunction((count) => window.painted.length === count, round + 1);
    await expect(page.locator(".rescored")).not.toHaveText("");
    told.push(await toldMs(page));
  }
  const painted = await page.evaluate(() => window.painted);
  const worst = Math.max(...painted);
  writeFileSync(
    task.figures,
    JSON.stringify({
      "rows before": task.present.length,
      "rows added, one by one": painted.length,
      "from the key to the painted row, ms (median)": median(painted),
      "from the key to the painted row, ms (worst)": worst,
      "re-scored, as the page tells it, ms (median)": median(told),
      gates: { "every row within 150 ms": worst < 150 },
    }),
  );
});

async function toldMs(page: Page): Promise<number> {
  const words = await page.locator(".rescored").innerText();
  const found = /Re-scored in ([\d.]+) (ms|s)/.exec(words);
  if (!found) throw new Error(`the page says "${words}"`);
  return Number(found[1]) * (found[2] === "s" ? 1000 : 1);
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** In the page: the map is transparent where there are no scores, so a row is there when a pixel of it has a colour. */
function watchRows(): void {
  window.painted = [];
  const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const isPainted = (rows: number) => {
    const names = document.querySelectorAll(".row-name");
    const last = names[rows - 1]?.closest(".row")?.getBoundingClientRect();
    if (!last || !copy || names.length !== rows) return false;
    const middle = (last.top + last.bottom) / 2;
    const canvases = [...document.querySelectorAll<HTMLCanvasElement>(".heat-canvas canvas")];
    const canvas = canvases.find((one) => {
      const { top, bottom } = one.getBoundingClientRect();
      return top < middle && middle < bottom;
    });
    // Until it is painted anew, a canvas that has grown shows the old rows, stretched.
    if (!canvas || canvas.height !== Math.round(canvas.clientHeight * devicePixelRatio)) return false;
    const box = canvas.getBoundingClientRect();
    const y = ((middle - box.top) / box.height) * canvas.height;
    copy.clearRect(0, 0, 1, 1);
    copy.drawImage(canvas, canvas.width / 2, y, 1, 1, 0, 0, 1, 1);
    return copy.getImageData(0, 0, 1, 1).data[3] > 0;
  };
  addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter") return;
      const startedMs = performance.now();
      const rows = document.querySelectorAll(".row-name").length + 1;
      const look = () => {
        // Reading pixels costs time of its own: not before there can be any.
        if (document.querySelector(".rescored")?.textContent === "") {
          requestAnimationFrame(look);
          return;
        }
        // The frame after the one that drew it: by then it is on the screen.
        if (isPainted(rows)) requestAnimationFrame(() => window.painted.push(performance.now() - startedMs));
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    },
    { capture: true },
  );
}
