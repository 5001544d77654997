import { writeFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { watch } from "./in-page";
import { replayLive } from "./live";

interface Task {
  id: string;
  prompts: string[];
  figures: string;
}

const task = JSON.parse(process.env.SONOTAG_BENCH ?? "{}") as Task;
const url = process.env.SONOTAG_URL ?? "";
const address = `${url}/#/r/${task.id}?${task.prompts.map((prompt) => `p=${encodeURIComponent(prompt)}`).join("&")}`;
const figures: Record<string, number | string | Record<string, boolean>> = {};
const gates: Record<string, boolean> = {};

test.afterAll(() => writeFileSync(task.figures, JSON.stringify({ ...figures, gates })));

test("ten hours", async ({ page }) => {
  await open(page);
  const paintedMs = await page.evaluate(() => window.watched.paintedAt ?? Number.NaN);
  figures["prompts"] = task.prompts.length;
  figures["first paint of the map, ms"] = paintedMs;
  gates["first paint within 1 s"] = paintedMs < 1000;
  await settled(page);

  const zoom = await moving(page, () => page.mouse.wheel(0, -40), 60);
  note("zooming in", zoom);
  const pan = await moving(page, (step) => sideways(page, step % 80 < 40 ? 60 : -60), 160);
  note("panning", pan);
  const out = await moving(page, () => page.mouse.wheel(0, 40), 60);
  note("zooming out", out);
  const longest = Math.max(0, ...zoom.longTasks, ...pan.longTasks, ...out.longTasks);
  figures["longest task while moving, ms"] = longest;
  gates["no task over 50 ms after load"] = longest === 0;
  gates["60 frames a second"] = [zoom, pan, out].every(({ fps }) => fps >= 58);

  const devtools = await page.context().newCDPSession(page);
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  figures["JavaScript heap, MB"] = usedSize / 1e6;
  gates["heap below 300 MB"] = usedSize < 300e6;
});

test("live at 300 times real time", async ({ page }) => {
  const live = await replayLive(page, url, task.id, task.prompts, 300);
  await page.addInitScript(watch);
  await page.goto(address);
  await live.ready;
  await page.evaluate(() => {
    window.watched.frames.length = 0;
    window.watched.longTasks.length = 0;
  });
  await live.run();
  const { frames, longTasks, lags } = await page.evaluate(() => window.watched);
  const seen = summary(
    frames,
    longTasks.map(({ ms }) => ms),
  );
  figures["live: windows"] = lags.length;
  figures["live: frames a second"] = seen.fps;
  figures["live: slowest 5 % of frames from, ms"] = seen.p95;
  figures["live: drawn after, ms (95 %)"] = quantile(lags, 0.95);
  figures["live: drawn after, ms (worst)"] = Math.max(...lags);
  gates["live: at least 50 frames a second"] = seen.fps >= 50;
  gates["live: at most 300 ms behind"] = Math.max(...lags) <= 300;
});

async function open(page: Page): Promise<void> {
  await page.addInitScript(watch);
  await page.goto(address);
  await expect.poll(() => page.evaluate(() => window.watched.paintedAt)).not.toBeNull();
}

/** Until nothing has kept the page busy for a while: what follows is measured after load. */
async function settled(page: Page): Promise<void> {
  await expect(page.locator(".moments")).toHaveAttribute("aria-busy", "false");
  await page.waitForLoadState("networkidle");
  const map = await page.locator(".heat").boundingBox();
  if (!map) throw new Error("no map");
  await page.mouse.move(map.x + map.width * 0.4, map.y + 40);
}

async function sideways(page: Page, px: number): Promise<void> {
  await page.mouse.wheel(px, 0);
}

interface Motion {
  fps: number;
  p95: number;
  longTasks: number[];
}

/** Moves the view step after step, each as soon as the page has taken the last one. */
async function moving(page: Page, move: (step: number) => Promise<void>, steps: number): Promise<Motion> {
  await page.evaluate(() => {
    window.watched.frames.length = 0;
    window.watched.longTasks.length = 0;
  });
  for (let step = 0; step < steps; step += 1) await move(step);
  const { frames, longTasks } = await page.evaluate(() => window.watched);
  return summary(
    frames,
    longTasks.map(({ ms }) => ms),
  );
}

function summary(frames: number[], longTasks: number[]): Motion {
  const total = frames.reduce((sum, ms) => sum + ms, 0);
  return { fps: (1000 * frames.length) / total, p95: quantile(frames, 0.95), longTasks };
}

function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function note(what: string, { fps, p95, longTasks }: Motion): void {
  figures[`${what}: frames a second`] = fps;
  figures[`${what}: slowest 5 % of frames from, ms`] = p95;
  figures[`${what}: tasks over 50 ms`] = longTasks.length;
}
