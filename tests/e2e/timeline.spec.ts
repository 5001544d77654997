import { toneWav } from "./audio";
import { violationsInBothThemes } from "./axe";
import { expect, test } from "./fixtures";

const axis = /Time axis/;

test.describe("in a low window", () => {
  test.use({ viewport: { width: 1280, height: 520 } });

  test("rows scroll away under the lanes, and the playhead stays out of the whole recording", async ({
    page,
    view,
    sampleId,
  }) => {
    await view.open(sampleId);
    for (let press = 0; press < 4; press += 1) await page.keyboard.press("l");
    await expect.poll(() => view.positionS()).toBeCloseTo(40, 0);
    const whole = page.locator(".lane-mini .track");
    const before = await whole.screenshot();
    const scroll = await page.locator(".stage-scroll").evaluate((stage) => {
      stage.scrollTop = stage.scrollHeight;
      return stage.scrollTop;
    });
    expect(scroll).toBeGreaterThan(10);
    expect((await whole.screenshot()).equals(before), "the same picture").toBe(true);
  });
});

test("a wheel zooms at the pointer down to frames, shift pans, a double click shows all", async ({
  page,
  view,
  sampleId,
}) => {
  await view.open(sampleId);
  const { x, y } = await view.pointOf("church bell", 51);
  await page.mouse.move(x, y);
  await expect(view.readout).toContainText("0:51.0");
  await page.mouse.wheel(0, -600);
  await expect.poll(() => view.spanS()).toBeLessThan(30);
  await expect(view.readout, "what is under the pointer stays there").toContainText("0:51.0");
  for (let turn = 0; turn < 8; turn += 1) await page.mouse.wheel(0, -600);
  await expect.poll(() => view.spanS()).toBeCloseTo(0.25, 2);
  await expect(view.readout).toContainText("0:51.0");

  for (let turn = 0; turn < 3; turn += 1) await page.mouse.wheel(0, 600);
  const before = await view.shownS();
  await page.keyboard.down("Shift");
  await page.mouse.wheel(0, 300);
  await page.keyboard.up("Shift");
  await expect.poll(async () => (await view.shownS()).startS).toBeGreaterThan(before.startS);
  expect(await view.spanS()).toBeCloseTo(before.endS - before.startS, 2);
  await page.mouse.dblclick(x, y);
  await expect(page.getByRole("img", { name: axis })).toHaveAccessibleName("Time axis, 0:00 to 1:08");
});

test("dragging the time axis moves a zoomed recording, dragging the handle scrubs", async ({
  page,
  view,
  sampleId,
}) => {
  await view.open(sampleId);
  const { x, y } = await view.pointOf("church bell", 30);
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, -700);
  const before = await view.shownS();
  const ruler = await page.locator(".lane-axis .track").boundingBox();
  if (!ruler) throw new Error("no time axis");
  await page.mouse.move(x, ruler.y + 12);
  await page.mouse.down();
  await page.mouse.move(x - ruler.width / 4, ruler.y + 12, { steps: 5 });
  await page.mouse.up();
  const moved = (await view.shownS()).startS - before.startS;
  expect(moved).toBeCloseTo((before.endS - before.startS) / 4, 1);
  expect(await view.positionS(), "a drag is no click").toBe(0);

  await page.keyboard.press("0");
  await page.mouse.click(x, y);
  await expect.poll(() => view.positionS()).toBeCloseTo(30, 0);
  const handle = await page.locator(".playhead-cap").boundingBox();
  if (!handle) throw new Error("no handle");
  await page.mouse.move(x, handle.y + 4);
  await page.mouse.down();
  await page.mouse.move(x + ruler.width / 8, handle.y + 4, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => view.positionS()).toBeGreaterThan(35);
  await expect(page.locator(".selection")).toHaveCount(0);
});

test("a dragged selection has statistics, loops, can be adjusted, zoomed to and cleared", async ({
  page,
  view,
  sampleId,
}) => {
  await view.open(sampleId);
  const from = await view.pointOf("church bell", 49);
  const to = await view.pointOf("church bell", 51);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 6 });
  await page.mouse.up();
  const panel = page.getByRole("region", { name: /Selection/ });
  await expect(panel).toContainText("0:49.0 to 0:51.0");
  await expect.poll(() => view.positionS()).toBeCloseTo(49, 0);

  // The table against what the page says of single moments.
  const bell = panel.getByRole("row", { name: /church bell/ }).getByRole("cell");
  const peak = Number(await bell.nth(1).innerText());
  const scores: number[] = [];
  for (let timeS = 49.1; timeS < 51; timeS += 0.1) scores.push(await view.scoreAt("church bell", timeS));
  expect(peak).toBeCloseTo(Math.max(...scores), 2);
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  expect(Number(await bell.nth(2).innerText())).toBeCloseTo(mean, 1);
  const share = scores.filter((score) => score >= 0.5).length / scores.length;
  expect(Number.parseFloat(await bell.nth(0).innerText()) / 100).toBeCloseTo(share, 0);
  expect(Number(await bell.nth(3).innerText())).toBeGreaterThanOrEqual(1);
  expect(await violationsInBothThemes(page)).toEqual([]);

  await page.getByRole("button", { name: "Play", exact: true }).click();
  const seen: number[] = [];
  await expect
    .poll(
      async () => {
        seen.push(await view.positionS());
        return seen.some((timeS, index) => index > 0 && timeS < seen[index - 1] - 0.5);
      },
      { timeout: 20_000, intervals: [100] },
    )
    .toBe(true);
  expect(Math.max(...seen)).toBeLessThan(51.4);
  await page.getByRole("button", { name: "Loop selection" }).click();
  await expect.poll(() => view.positionS(), { timeout: 20_000 }).toBeGreaterThan(51.5);
  await page.getByRole("button", { name: "Pause" }).click();

  const edge = page.getByRole("slider", { name: "End of the selection" });
  await edge.focus();
  await page.keyboard.press("Shift+ArrowRight");
  await expect(panel).toContainText("0:49.0 to 0:52.0");
  const grip = await edge.boundingBox();
  if (!grip) throw new Error("no edge");
  const later = await view.pointOf("church bell", 55);
  await page.mouse.move(grip.x + grip.width / 2, from.y);
  await page.mouse.down();
  await page.mouse.move(later.x, from.y, { steps: 4 });
  await page.mouse.up();
  await expect(panel).toContainText(/0:49.0 to 0:5[45]/);

  await panel.getByRole("button", { name: "Zoom to it" }).click();
  await expect.poll(() => view.spanS()).toBeLessThan(8);
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
  await expect(page.locator(".selection")).toHaveCount(0);
});

test("a selection is made and used by keys alone", async ({ page, view, sampleId }) => {
  await view.open(sampleId);
  const panel = page.getByRole("region", { name: /Selection/ });
  for (const key of ["ArrowRight", "ArrowRight", "[", "Shift+ArrowRight", "Shift+ArrowRight", "]"]) {
    await page.keyboard.press(key);
  }
  await expect(panel).toContainText("0:10.0 to 0:12.0");
  await page.keyboard.press("z");
  await expect.poll(() => view.spanS()).toBeCloseTo(2.24, 1);
  await page.keyboard.press(".");
  await expect.poll(() => view.positionS()).toBeCloseTo(12.1, 1);
  await page.keyboard.press(",");
  await expect.poll(() => view.positionS()).toBeCloseTo(12, 1);
  await page.keyboard.press("j");
  await expect.poll(() => view.positionS()).toBeCloseTo(2, 1);
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
});

test("while an analysis runs the view goes with its front until the reader moves it", async ({
  page,
  view,
}) => {
  await page.goto("/");
  const long = { name: "long.wav", mimeType: "audio/wav", buffer: toneWav(3000, 1000) };
  await page.locator("input[type=file]").setInputFiles(long);
  await expect(view.status).toContainText(/of 50:00 heard/, { timeout: 20_000 });
  const heat = await page.locator(".heat").boundingBox();
  if (!heat) throw new Error("no map");
  await page.mouse.move(heat.x + 5, heat.y + 20);
  for (let turn = 0; turn < 3; turn += 1) await page.mouse.wheel(0, -500);
  const still = await view.shownS();
  expect(still.startS).toBeLessThan(30);
  await page.getByRole("button", { name: "Follow the analysis" }).click();
  await expect.poll(async () => (await view.shownS()).startS).toBeGreaterThan(still.startS + 1);
  const followed = await view.shownS();
  expect(followed.endS - followed.startS).toBeCloseTo(still.endS - still.startS, 1);
  await expect.poll(async () => (await view.shownS()).startS).toBeGreaterThan(followed.startS);
  await expect(page.getByRole("button", { name: "Follow the analysis" })).toHaveCount(0);
  await page.mouse.move(heat.x + 5, heat.y + 20);
  await page.mouse.wheel(0, -100);
  await expect(page.getByRole("button", { name: "Follow the analysis" })).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("button", { name: "Follow the analysis" })).toHaveCount(0);
});

test.describe("by touch", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("two fingers zoom, one moves, a long press selects", async ({ page, context, view, sampleId }) => {
    await view.open(sampleId);
    const fingers = await context.newCDPSession(page);
    const touch = async (type: "touchStart" | "touchMove" | "touchEnd", points: Array<[number, number]>) => {
      await fingers.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: points.map(([x, y]) => ({ x, y })),
      });
    };
    const { x, y } = await view.pointOf("church bell", 34);
    await touch("touchStart", [[x - 20, y]]);
    await touch("touchStart", [
      [x - 20, y],
      [x + 20, y],
    ]);
    for (const spread of [30, 45, 60, 80]) {
      await touch("touchMove", [
        [x - spread, y],
        [x + spread, y],
      ]);
    }
    await touch("touchEnd", []);
    await expect.poll(() => view.spanS()).toBeLessThan(25);
    const before = await view.shownS();
    expect((before.startS + before.endS) / 2, "the middle stays").toBeCloseTo(34, -1);

    await touch("touchStart", [[x, y]]);
    for (const step of [12, 30, 60]) await touch("touchMove", [[x - step, y]]);
    await touch("touchEnd", []);
    await expect.poll(async () => (await view.shownS()).startS).toBeGreaterThan(before.startS + 1);
    expect(await view.positionS(), "a drag is no tap").toBe(0);

    await touch("touchStart", [[x - 60, y]]);
    await expect(page.locator(".stage-scroll")).toHaveAttribute("data-drag", "select");
    for (const step of [40, 0, 40]) await touch("touchMove", [[x + step, y]]);
    await touch("touchEnd", []);
    await expect(page.getByRole("region", { name: /Selection/ })).toBeVisible();
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    ).toBe(0);
  });
});
