import { toneWav } from "./audio";
import { violations, violationsInBothThemes } from "./axe";
import { dragOver } from "./dropping";
import { expect, test } from "./fixtures";

/** Long enough to be looked at from all sides while it is analysed, also on a fast machine. */
const LONG_S = 2400;

test("the map grows while a long recording is analysed, and cancelling keeps what was heard", async ({
  page,
  view,
}) => {
  await page.goto("/");
  const long = { name: "long tone.wav", mimeType: "audio/wav", buffer: toneWav(LONG_S, 1000) };
  await page.locator("input[type=file]").setInputFiles(long);
  await expect(page).toHaveURL(/#\/r\/rec_/, { timeout: 20_000 });
  // Its 5 MB have to arrive first, which takes a busy machine a while.
  await expect(view.status).toContainText(/\d+ %, \d+:\d\d of 40:00 heard/, { timeout: 60_000 });
  await expect(view.status).toContainText("times real time");
  const heardS = async () => {
    const clock = /(\d+):(\d\d) of/.exec(await view.status.innerText());
    return clock ? Number(clock[1]) * 60 + Number(clock[2]) : 0;
  };
  const first = await heardS();
  await expect.poll(heardS).toBeGreaterThan(first);
  const prompt = (await view.prompts())[0];
  expect(await view.scoreAt(prompt, 2)).toBeGreaterThanOrEqual(0);
  await expect(page.locator(".moments-head")).toBeVisible();

  expect(await violations(page)).toEqual([]);

  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(view.status).toContainText(/Cancelled at \d+:\d\d of 40:00/);
  await expect(page.getByRole("button", { name: "Analyse again" })).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  expect(await view.scoreAt(prompt, 2)).toBeGreaterThanOrEqual(0);
  const { x, y } = await view.pointOf(prompt, LONG_S - 5);
  await page.mouse.move(x, y);
  await expect(view.readout).toContainText("not heard yet");

  await page.getByRole("button", { name: "Analyse again" }).click();
  await expect(view.status).toContainText(/\d+ %/);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(view.status).toContainText("Cancelled");
  await page.getByRole("button", { name: "Delete recording" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page).toHaveURL(/#\/$/);
  await expect(page.getByText("long tone")).toHaveCount(0);
});

test("a dropped file is uploaded and analysed", async ({ page, view }) => {
  await page.goto("/");
  const hovering = await dragOver(page, [{ name: "five seconds.wav", bytes: toneWav(5, 16_000) }]);
  await expect(page.getByText("Drop it to listen")).toBeVisible();
  await hovering.drop();
  await view.untilDone();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("five seconds");
  expect(await view.durationS()).toBeCloseTo(5, 1);
  await expect(page.getByText("Drop it to listen")).toHaveCount(0);

  await page.getByRole("link", { name: /SonoTag/ }).click();
  const recent = page.locator(".recent-item").filter({ hasText: "five seconds" }).first();
  await recent.getByRole("button", { name: /Delete/ }).click();
  await recent.getByRole("button", { name: "Keep" }).click();
  await recent.getByRole("link").click();
  await view.untilDone();
});
