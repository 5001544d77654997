import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "./fixtures";

interface Event {
  prompt: string;
  onset_s: number;
  offset_s: number;
}

const sample = JSON.parse(
  readFileSync(resolve(__dirname, "../../backend/sonotag/sample/sample.json"), "utf8"),
) as { title: string; duration_s: number; prompts: string[]; events: Event[] };

/** Recordings ring out and listeners differ: this close to an event nothing is claimed either way. */
const MARGIN_S = 2;
/** Of the colour scale: about a score of 0.5, and less than its darkest colour. */
const MIDDLE_LIGHTNESS = 120;
const UNPAINTED_LIGHTNESS = 20;

function momentsFarFrom(prompt: string): number[] {
  const own = sample.events.filter((event) => event.prompt === prompt);
  const far: number[] = [];
  for (let timeS = 0.5; timeS < sample.duration_s - 0.5; timeS += 1) {
    if (own.every((event) => timeS < event.onset_s - MARGIN_S || timeS > event.offset_s + MARGIN_S))
      far.push(timeS);
  }
  return far;
}

test("the sample shows its known sounds where they are", async ({ page, view }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Try the sample" }).click();
  await view.untilDone();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(sample.title);
  expect(await view.prompts()).toEqual(sample.prompts);
  expect(await view.durationS()).toBeCloseTo(sample.duration_s, 0);
  await expect(view.moments.first()).toBeVisible();

  const listed = await view.listedMoments();
  for (const event of sample.events) {
    const name = `${event.prompt} at ${event.onset_s} s`;
    // A bird's calls come and go within its event: one looks along it, not at its middle only.
    const shares = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
    const inside = shares.map((share) => event.onset_s + share * (event.offset_s - event.onset_s));
    const lights = await view.lightnessAt(event.prompt, inside);
    const brightest = inside[lights.indexOf(Math.max(...lights))];
    expect(Math.max(...lights), `lightness of ${name}`).toBeGreaterThan(MIDDLE_LIGHTNESS);
    expect(await view.scoreAt(event.prompt, brightest), `score of ${name}`).toBeGreaterThan(0.5);
    const spoken = await view.spokenMoments(event.prompt);
    const met = spoken.some(({ onsetS, offsetS }) => onsetS < event.offset_s && offsetS > event.onset_s);
    expect(met, `${name} is among the moments ${JSON.stringify(spoken)}`).toBe(true);
    expect(listed.some((moment) => moment.prompt === event.prompt)).toBe(true);
  }
  for (const prompt of sample.prompts) {
    const far = momentsFarFrom(prompt);
    const times = [0.1, 0.35, 0.6, 0.85].map((share) => far[Math.floor(share * far.length)]);
    const lights = await view.lightnessAt(prompt, times);
    expect(Math.min(...lights), `${prompt} is painted`).toBeGreaterThan(UNPAINTED_LIGHTNESS);
    const quiet = times.filter((_, index) => lights[index] < MIDDLE_LIGHTNESS);
    expect(
      quiet.length,
      `${prompt} is quiet elsewhere (${lights.map(Math.round).join(", ")})`,
    ).toBeGreaterThanOrEqual(3);
    expect(await view.scoreAt(prompt, quiet[0])).toBeLessThan(0.5);
  }
});

test("the playhead runs through the map while the sound plays, and a click seeks", async ({
  page,
  view,
  sampleId,
}) => {
  await view.open(sampleId);
  const { x, y } = await view.pointOf("church bell", 51);
  await page.mouse.click(x, y);
  await expect.poll(() => view.positionS()).toBeCloseTo(51, 0);
  await expect(page.locator(".now-words")).toContainText("church bell");
  const line = page.locator(".playhead");
  const before = (await line.boundingBox())?.x ?? 0;
  expect(Math.abs(before - x)).toBeLessThan(3);
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await expect.poll(() => view.positionS(), { timeout: 15_000 }).toBeGreaterThan(51.8);
  expect((await line.boundingBox())?.x).toBeGreaterThan(before);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
  const held = await view.positionS();
  await page.waitForTimeout(300);
  expect(await view.positionS()).toBe(held);
});

test("a moment in the list is a click away, and the lists go out as files", async ({
  page,
  view,
  sampleId,
}) => {
  await view.open(sampleId);
  const bell = view.moments.filter({ hasText: "church bell" }).first();
  await bell.click();
  await expect(bell).toHaveAttribute("aria-current", "time");
  await expect(bell).toBeInViewport();
  await expect(page).toHaveTitle(`${sample.title}, SonoTag`);
  const [{ onsetS }] = (await view.listedMoments()).filter((moment) => moment.prompt === "church bell");
  expect(await view.positionS()).toBeCloseTo(onsetS, 0);
  for (const { name, holds } of [
    { name: "CSV", holds: /church bell/ },
    { name: "JSON", holds: /"prompt":\s*"church bell"/ },
    { name: "Audacity labels", holds: /\tchurch bell/ },
  ]) {
    await page.getByRole("button", { name: "Export" }).click();
    const arriving = page.waitForEvent("download");
    await page.getByRole("link", { name }).click();
    const path = await (await arriving).path();
    expect(readFileSync(path, "utf8")).toMatch(holds);
  }
});
