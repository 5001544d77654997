import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { violations, violationsInBothThemes } from "./axe";
import { expect, test } from "./fixtures";
import type { RecordingView } from "./recording-view";
import { ROOT } from "./server";

/** The sample brought by this browser, of which nobody has judged anything. */
async function openOwnSample(page: Page, view: RecordingView): Promise<string> {
  const { id } = (await (await page.request.post("/api/sample")).json()) as { id: string };
  const prompts = ["dog barking", "church bell", "rain"];
  await page.request.post("/analyze", { data: { recording_id: id, prompts } });
  await page.goto(`/#/r/${id}`);
  await view.untilDone();
  await expect(view.moments.first()).toBeVisible();
  return id;
}

async function verdicts(page: Page, id: string): Promise<string[]> {
  const answer = await page.request.get(`/api/recordings/${id}/verdicts`);
  const { verdicts: all } = (await answer.json()) as { verdicts: Array<{ kind: string; prompt: string }> };
  return all.map(({ kind, prompt }) => `${kind} ${prompt}`);
}

test("moments are walked and judged by keys, kept by the server, and every step is undone", async ({
  page,
  view,
  context,
  allowConsole,
}) => {
  const id = await openOwnSample(page, view);
  const line = (text: string) => page.locator(".moment-line").filter({ hasText: text }).first();
  const list = page.getByRole("list", { name: "Moments" });
  const count = await view.moments.count();

  await view.moments.first().focus();
  const bell = line("church bell");
  await page.keyboard.press("ArrowDown");
  await expect(bell.locator(".moment")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(line("dog barking").locator(".moment")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(bell.locator(".moment")).toBeFocused();
  const [{ onsetS }] = (await view.listedMoments()).filter(({ prompt }) => prompt === "church bell");
  await expect.poll(() => view.positionS()).toBeCloseTo(onsetS, 0);

  // Without the server a verdict shows at once, and waits.
  allowConsole(/ERR_INTERNET_DISCONNECTED/);
  await context.setOffline(true);
  await page.keyboard.press("a");
  await expect(bell).toHaveAttribute("data-verdict", "accepted");
  await expect(page.getByText("1 verdict waits for the server")).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText("1 verdict waits for the server")).toHaveCount(0);
  await expect.poll(() => verdicts(page, id)).toEqual(["accepted church bell"]);
  await page.keyboard.press("x");
  await expect(bell).toHaveAttribute("data-verdict", "rejected");
  await expect(page.getByRole("tab", { name: "Moments" })).toContainText(`${count - 1}`);
  await expect.poll(() => verdicts(page, id)).toEqual(["rejected church bell"]);
  expect(await view.spokenMoments("church bell")).toEqual([]);
  expect(await violations(page)).toEqual([]);

  await page.keyboard.press("i");
  await expect(page.getByRole("region", { name: "Why, why not" })).toContainText("Rejected by hand.");
  await page.keyboard.press("Escape");

  // Brackets widen the moment, frame by frame, and that is one step.
  await bell.locator(".moment").focus();
  await page.keyboard.press("ArrowUp");
  const before = await line("dog barking").locator(".moment-at").innerText();
  for (let press = 0; press < 4; press += 1) await page.keyboard.press("[");
  await expect(line("dog barking")).toHaveAttribute("data-verdict", "adjusted");
  await expect(line("dog barking").locator(".moment-at")).not.toHaveText(before);
  await page.keyboard.press("Delete");
  await expect(list).not.toContainText("dog barking");
  await expect(page.getByRole("button", { name: "Show 1 hidden" })).toBeVisible();
  await expect.poll(() => verdicts(page, id)).toEqual(["adjusted dog barking", "rejected church bell"]);

  await page.reload();
  await view.untilDone();
  await expect(line("church bell")).toHaveAttribute("data-verdict", "rejected");
  await page.getByRole("button", { name: "Show 1 hidden" }).click();
  await expect(line("dog barking")).toHaveAttribute("data-verdict", "adjusted");
  await line("church bell").locator(".moment").focus();
  await page.keyboard.press("x");
  await expect(line("church bell")).not.toHaveAttribute("data-verdict", /./);
  await page.keyboard.press("Control+z");
  await expect(line("church bell")).toHaveAttribute("data-verdict", "rejected");
  await page.keyboard.press("Control+Shift+z");
  await expect.poll(() => verdicts(page, id)).toEqual(["adjusted dog barking"]);
  await page
    .getByRole("button", { name: "As found" })
    .or(line("dog barking").locator(".moment"))
    .first()
    .click();
  await page.getByRole("button", { name: "As found" }).click();
  await expect.poll(() => verdicts(page, id)).toEqual([]);
  await expect(line("dog barking").locator(".moment-at")).toHaveText(before);
});

test("edges are dragged on the map, moments are added by hand, and the exports have it all", async ({
  page,
  view,
}) => {
  const id = await openOwnSample(page, view);
  const [bell] = await view.spokenMoments("church bell");
  await view.moments.filter({ hasText: "church bell" }).first().click();
  const edge = page.getByRole("slider", { name: "End of church bell" });
  const box = await edge.boundingBox();
  const wanted = await view.pointOf("church bell", bell.offsetS - 2);
  if (!box) throw new Error("no edge to take hold of");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(wanted.x + 30, wanted.y, { steps: 4 });
  await page.mouse.move(wanted.x, wanted.y, { steps: 4 });
  await page.mouse.up();
  const endS = async () => Number(await edge.getAttribute("aria-valuenow"));
  expect(Math.abs((await endS()) - (bell.offsetS - 2))).toBeLessThan(0.4);
  await edge.focus();
  const dragged = await endS();
  await page.keyboard.press("ArrowLeft");
  await expect.poll(endS).toBeCloseTo(dragged - 0.12, 1);
  await expect.poll(() => verdicts(page, id)).toEqual(["adjusted church bell"]);

  const from = await view.pointOf("rain", 20);
  const to = await view.pointOf("rain", 25);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await page.mouse.up();
  await page.getByRole("button", { name: "Add as" }).click();
  const choice = page.getByRole("button", { name: "rain", exact: true });
  const begins = await choice.boundingBox();
  const side = await page.locator(".side").boundingBox();
  expect(begins?.x, "the side cuts nothing off the menu").toBeGreaterThanOrEqual(side?.x ?? Number.NaN);
  await choice.click();
  await expect.poll(() => verdicts(page, id)).toEqual(["added rain", "adjusted church bell"]);
  await view.moments.filter({ hasText: "dog barking" }).first().click();
  await page.getByRole("button", { name: "Reject" }).click();
  await expect.poll(() => verdicts(page, id)).toHaveLength(3);

  await page.getByRole("button", { name: "Export" }).click();
  await expect(page.getByText("Without 1 rejected moment")).toBeVisible();
  const arriving = page.waitForEvent("download");
  await page.getByRole("link", { name: "CSV" }).click();
  const rows = readFileSync(await (await arriving).path(), "utf8")
    .trim()
    .split("\r\n");
  expect(rows[0]).toMatch(/,verdict$/);
  expect(rows.find((row) => row.endsWith("added"))).toMatch(/^rain,(19|20)\./);
  expect(rows.find((row) => row.endsWith("adjusted"))).toMatch(/^church bell,/);
  expect(rows.some((row) => row.startsWith("dog barking"))).toBe(false);
});

test.describe("in German", () => {
  test.use({ locale: "de-DE" });

  test("what can be done with a moment fits beside the map, and is told in German", async ({ page }) => {
    const { id } = (await (await page.request.post("/api/sample")).json()) as { id: string };
    await page.request.post("/analyze", { data: { recording_id: id, prompts: ["dog barking"] } });
    await page.goto(`/#/r/${id}`);
    await page
      .getByRole("list", { name: "Fundstellen" })
      .getByRole("button", { name: "dog barking" })
      .click();
    const actions = page.locator(".moment-actions");
    await expect(actions.getByRole("button")).toHaveText(["Hören", "Bestätigen", "Verwerfen", ""]);
    const fits = () => actions.evaluate((box) => box.scrollWidth <= box.clientWidth);
    expect(await fits()).toBe(true);
    await page.getByRole("slider", { name: "Anfang von dog barking" }).press("ArrowLeft");
    await expect(actions.getByRole("button", { name: "Wie gefunden" })).toBeVisible();
    expect(await fits()).toBe(true);
    await page.keyboard.press("i");
    await expect(page.getByRole("region", { name: "Warum, warum nicht" })).toContainText(
      /Gezählt\. Die Ränder sind von Hand gesetzt, von 0:1[23],\d bis 0:17,\d\./,
    );
    expect(await violations(page)).toEqual([]);

    await page.keyboard.press("]");
    await page.setViewportSize({ width: 390, height: 844 });
    const loop = page.getByRole("button", { name: "Schleife" });
    await expect(loop).toBeInViewport({ ratio: 1 });
    const roomRight = await loop.evaluate((chip) => {
      const words = new Range();
      words.selectNodeContents(chip);
      return chip.getBoundingClientRect().right - words.getBoundingClientRect().right;
    });
    expect(roomRight, "within its edge").toBeGreaterThan(6);
    const player = page.getByRole("region", { name: "Wiedergabe" });
    expect(await player.evaluate((bar) => bar.scrollWidth <= bar.clientWidth)).toBe(true);
  });
});

test("who got a link to look sees what was judged, and judges nothing", async ({ page, view, browser }) => {
  const id = await openOwnSample(page, view);
  await view.moments.filter({ hasText: "church bell" }).first().click();
  await page.keyboard.press("x");
  await expect.poll(() => verdicts(page, id)).toEqual(["rejected church bell"]);
  const shared = await page.request.post(`/api/recordings/${id}/shares`);
  const { token } = (await shared.json()) as { token: string };
  const other = await browser.newContext();
  const guest = await other.newPage();
  await guest.goto(`${process.env.SONOTAG_URL}/#/r/${token}`);
  const bell = guest.locator(".moment-line").filter({ hasText: "church bell" }).first();
  await expect(bell).toHaveAttribute("data-verdict", "rejected");
  await bell.click();
  await expect(guest.getByRole("button", { name: "Play this moment" })).toBeVisible();
  await expect(guest.getByRole("button", { name: "Reject", exact: true })).toHaveCount(0);
  await guest.keyboard.press("x");
  await expect(bell).toHaveAttribute("data-verdict", "rejected");
  await expect(guest.getByRole("slider", { name: "End of church bell" })).toHaveCount(0);
  await other.close();
});

test("the list is filtered and grouped, one steps through what it shows, and the numbers stand beside it", async ({
  page,
  view,
  sampleId,
}) => {
  await view.open(sampleId);
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByRole("combobox", { name: "Prompt" }).selectOption("rain");
  await page.keyboard.press("Escape");
  const names = async () => new Set((await view.listedMoments()).map(({ prompt }) => prompt));
  await expect.poll(names).toEqual(new Set(["rain"]));
  await page.keyboard.press("Home");
  await page.keyboard.press("n");
  const [rain] = await view.listedMoments();
  await expect.poll(() => view.positionS()).toBeCloseTo(rain.onsetS, 0);

  // Enter plays one moment, and no more than that.
  await page.locator(".moment-line .moment").first().focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
  const [{ offsetS }] = await view.spokenMoments("rain");
  expect(Math.abs((await view.positionS()) - offsetS)).toBeLessThan(0.5);
  await page.getByRole("button", { name: "Filter, on" }).click();
  await page.getByRole("button", { name: "Show all" }).last().click();
  await page.keyboard.press("Escape");

  await page.getByRole("button", { name: "Group by prompt" }).click();
  const group = page.getByRole("button", { name: /^rain \d+$/ });
  await group.click();
  await expect.poll(names).toEqual(new Set(["dog barking", "church bell"]));
  await group.click();

  await page.getByRole("tab", { name: "Moments" }).focus();
  await page.keyboard.press("ArrowRight");
  const table = page.getByRole("table", { name: /Bars show/ });
  await expect(table.getByRole("row", { name: /church bell/ })).toContainText(/\d %/);
  await expect(table.locator(".histogram")).toHaveCount(3);
  expect(await violationsInBothThemes(page)).toEqual([]);
  await table.getByRole("button", { name: /go to it at 0:1/ }).click();
  await expect(page.locator(".now-words")).toContainText("dog barking");
});

test("a list of thousands renders what is on the screen, and its end is a key away", async ({
  page,
  view,
  sampleId,
}) => {
  await page.route("**/detections?**", async (route) => {
    const answer = await route.fetch();
    const body = (await answer.json()) as { detections: object[] };
    const detections = Array.from({ length: 5000 }, (_, index) => ({
      ...{ prompt: "rain", peak: 0.6, mean: 0.5 },
      ...{ onset_s: index * 0.0125, offset_s: index * 0.0125 + 0.01 },
    }));
    await route.fulfill({ json: { ...body, detections } });
  });
  await view.open(sampleId);
  await expect(page.getByRole("tab", { name: "Moments" })).toContainText("5000");
  expect(await view.moments.count()).toBeLessThan(120);
  await view.moments.first().focus();
  await page.keyboard.press("End");
  const last = page.locator(".moment-line[aria-posinset='5000']");
  await expect(last).toBeInViewport();
  await expect(last.locator(".moment")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(page.locator(".moment-line[aria-posinset='4999'] .moment")).toBeFocused();
  expect(await view.moments.count()).toBeLessThan(120);
});

test("large words tell what sounds, by a key and for the whole screen", async ({ page, view, sampleId }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await view.open(sampleId);
  await view.moments.filter({ hasText: "church bell" }).first().click();
  await page.keyboard.press("w");
  const large = page.getByRole("dialog", { name: "Now playing" });
  await expect(large.getByRole("listitem")).toHaveText(["church bell"]);
  await expect(large.getByRole("listitem")).toHaveCSS("transition-duration", "0s");
  const height = (await large.getByRole("listitem").boundingBox())?.height ?? 0;
  expect(height).toBeGreaterThan(60);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Home");
  await expect(large).toContainText("None of your sounds");
  await expect(large).toContainText(/dog barking in \d+ s/);
  await page.keyboard.press("n");
  await expect(large.getByRole("listitem")).toHaveText(["dog barking"]);
  await page.setViewportSize({ width: 390, height: 844 });
  const word = await large.getByRole("listitem").boundingBox();
  expect(word?.x).toBeGreaterThanOrEqual(0);
  expect((word?.x ?? 0) + (word?.width ?? 0)).toBeLessThanOrEqual(390);
  await page.keyboard.press("Escape");
  await expect(large).toHaveCount(0);
  await expect(view.moments.filter({ hasText: "church bell" }).first()).toBeFocused();
});

test("a video shows its picture, which plays with the sound and moves into the large words", async ({
  page,
  view,
}, testInfo) => {
  const film = testInfo.outputPath("colours.webm");
  const python = join(ROOT, ".venv/bin/python");
  const ffmpeg = execFileSync(python, ["-c", "import imageio_ffmpeg as f; print(f.get_ffmpeg_exe())"]);
  execFileSync(ffmpeg.toString().trim(), [
    ..."-v error -f lavfi -i testsrc=s=128x72:r=10:d=4 -f lavfi -i sine=f=440:d=4".split(" "),
    ..."-c:v libvpx -b:v 200k -c:a libopus -y".split(" "),
    film,
  ]);
  const upload = { file: { name: "colours.webm", mimeType: "video/webm", buffer: readFileSync(film) } };
  const { id } = (await (await page.request.post("/upload_audio", { multipart: upload })).json()) as {
    id: string;
  };
  await page.request.post("/analyze", { data: { recording_id: id, prompts: ["beep"] } });
  await page.goto(`/#/r/${id}`);
  await expect(view.status).toContainText("Done");
  const video = page.locator("video");
  await expect(page.locator(".side .picture video")).toBeVisible();
  const shape = await video.boundingBox();
  expect((shape?.width ?? 0) / (shape?.height ?? 1)).toBeCloseTo(16 / 9, 1);
  await page.keyboard.press("Space");
  await expect.poll(() => view.positionS()).toBeGreaterThan(0.3);
  await page.keyboard.press("w");
  await expect(page.locator(".large .picture video")).toBeVisible();
  expect(await video.evaluate((one: HTMLVideoElement) => one.paused)).toBe(false);
  await page.keyboard.press("Escape");
  await expect(page.locator(".side .picture video")).toBeVisible();
});
