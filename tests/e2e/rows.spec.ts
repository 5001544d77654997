import { violationsInBothThemes } from "./axe";
import { expect, test } from "./fixtures";

const ORDER = ["dog barking", "church bell", "rain"];

test("rows are moved by their grips and by keys, sorted, and every step is undone", async ({
  page,
  view,
  sampleId,
}) => {
  await view.open(sampleId);
  expect(await view.prompts()).toEqual(ORDER);
  const analyses: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") analyses.push(request.url());
  });

  const bellAt = await view.lightnessAt("church bell", [51]);
  await view.rows.filter({ hasText: "rain" }).hover();
  const grip = await page.getByRole("button", { name: /Move rain/ }).boundingBox();
  if (!grip) throw new Error("no grip");
  await page.mouse.move(grip.x + 6, grip.y + 8);
  await page.mouse.down();
  await page.mouse.move(grip.x + 6, grip.y - 60, { steps: 5 });
  await expect(page.locator(".row-drop")).toBeVisible();
  await page.mouse.up();
  await expect.poll(() => view.prompts()).toEqual(["rain", "dog barking", "church bell"]);
  await expect.poll(() => view.lightnessAt("church bell", [51]), "the map's rows move along").toEqual(bellAt);

  await page.getByRole("button", { name: /Move rain/ }).focus();
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => view.prompts()).toEqual(["dog barking", "rain", "church bell"]);
  await expect(page.getByText("rain is row 2 of 3")).toBeAttached();
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => view.prompts()).toEqual(ORDER);

  await page.getByRole("button", { name: /Prompts 3.*sort/ }).click();
  await page.getByRole("button", { name: /By first moment/ }).click();
  const sorted = await view.prompts();
  const listed = await view.listedMoments();
  const first = (prompt: string) =>
    listed.find((moment) => moment.prompt === prompt)?.onsetS ?? Number.POSITIVE_INFINITY;
  const onsets = sorted.map(first);
  expect(onsets).toEqual([...onsets].sort((a, b) => a - b));

  for (let step = 0; step < 4; step += 1) await page.keyboard.press("Control+z");
  await expect.poll(() => view.prompts()).toEqual(ORDER);
  for (let step = 0; step < 4; step += 1) await page.keyboard.press("Control+Shift+z");
  await expect.poll(() => view.prompts()).toEqual(sorted);
  expect(analyses, "nothing is analysed for that").toEqual([]);
});

test("a row has a threshold of its own, can be muted, and gives both back", async ({
  page,
  view,
  sampleId,
}) => {
  await view.open(sampleId);
  const count = () => view.moments.count();
  const all = await count();
  const bells = await view.moments.filter({ hasText: "church bell" }).count();
  expect(bells).toBeGreaterThan(0);

  const meter = page.getByRole("slider", { name: "Threshold of church bell" });
  const box = await meter.boundingBox();
  if (!box) throw new Error("no meter");
  await page.mouse.move(box.x + box.width / 2, box.y + 7);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 1, box.y + 7, { steps: 5 });
  await page.mouse.up();
  await expect(meter).toHaveAttribute("aria-valuenow", "0.99");
  const { x, y } = await view.pointOf("church bell", 30);
  await page.mouse.move(x, y);
  await expect(view.readout).toContainText("below 0.99");
  const dogs = view.moments.filter({ hasText: "dog barking" });
  await expect(dogs.first(), "the other rows keep theirs").toBeVisible();
  const href = await (async () => {
    await page.getByRole("button", { name: "Export" }).click();
    return page.getByRole("link", { name: /JSON/ }).getAttribute("href");
  })();
  expect(new URL(href ?? "").searchParams.getAll("thresholds")).toEqual(["0.5", "0.99", "0.5"]);
  await page.keyboard.press("Escape");

  await meter.dblclick();
  await expect(meter).toHaveAttribute("aria-valuenow", "0.5");
  await meter.focus();
  await page.keyboard.press("Shift+ArrowRight");
  await expect(meter).toHaveAttribute("aria-valuenow", "0.6");
  await page.keyboard.press("Control+z");
  await expect(meter).toHaveAttribute("aria-valuenow", "0.5");
  await expect.poll(count).toBe(all);

  await view.rows.filter({ hasText: "church bell" }).hover();
  await page.getByRole("button", { name: "Mute church bell" }).click();
  await expect(view.moments.filter({ hasText: "church bell" })).toHaveCount(0);
  await expect.poll(count).toBe(all - bells);
  await expect(page.getByRole("table").getByRole("row", { name: /church bell/ })).toContainText("muted");
  expect(await view.scoreAt("church bell", 51), "its scores stay").toBeGreaterThan(0);
  expect(await violationsInBothThemes(page)).toEqual([]);

  await page.getByRole("button", { name: "church bell, change" }).click();
  await expect(page.getByLabel("Score church bell must reach")).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a row's editor moves, mutes and sets the threshold", async ({ page, view, sampleId }) => {
    await view.open(sampleId);
    await page.getByRole("button", { name: "rain, change" }).tap();
    await page.getByLabel("Score rain must reach").fill("0.8");
    await expect(page.getByText("above 0.80")).toBeVisible();
    await page.getByRole("button", { name: "Move rain up" }).tap();
    await expect.poll(() => page.getByLabel("Change rain").inputValue()).toBe("rain");
    await page.getByRole("button", { name: "Mute", exact: true }).tap();
    await expect(page.getByRole("button", { name: "Unmute" })).toBeVisible();
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    ).toBe(0);
    await page.getByLabel("Change rain").press("Enter");
    await expect.poll(() => view.prompts()).toEqual(["dog barking", "rain", "church bell"]);

    const grip = await page.getByRole("button", { name: "Move church bell up or down" }).boundingBox();
    if (!grip) throw new Error("no grip");
    expect(grip.width).toBeGreaterThanOrEqual(24);
    const touch = await page.context().newCDPSession(page);
    const at = (byPx: number) => ({ x: grip.x + grip.width / 2, y: grip.y + grip.height / 2 + byPx });
    await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [at(0)] });
    for (const byPx of [-20, -50, -90])
      await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [at(byPx)] });
    await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await expect.poll(() => view.prompts()).toEqual(["church bell", "dog barking", "rain"]);
  });
});

test("a row may be a group or a contrast, and everything made from scores follows", async ({
  page,
  view,
  sampleId,
}) => {
  await view.open(sampleId);
  const [dog, bell] = [
    (await view.spokenMoments("dog barking"))[0],
    (await view.spokenMoments("church bell"))[0],
  ];
  const field = page.getByLabel("Add a sound to look for");
  await field.fill("dog barking|church bell; dog barking > church bell; rain | flumph");
  await field.press("Enter");
  const either = "dog barking | church bell";
  await expect
    .poll(() => view.prompts())
    .toEqual([...ORDER, either, "dog barking > church bell", "rain | flumph"]);
  await expect(page.locator(".rescored")).toContainText(/Re-scored in [\d.]+ m?s, nothing encoded/);
  const at = (moment: { onsetS: number; offsetS: number }) => (moment.onsetS + moment.offsetS) / 2;
  for (const [timeS, barks] of [
    [at(dog), true],
    [at(bell), false],
  ] as const) {
    expect(await view.scoreAt(either, timeS)).toBeGreaterThan(0.5);
    const more = await view.scoreAt("dog barking > church bell", timeS);
    if (barks) expect(more).toBeGreaterThan(0.5);
    else expect(more, "the bell is heard more").toBe(0);
  }
  await expect(view.rows.filter({ hasText: "flumph" })).toContainText("1 of 2 known");

  await page.getByRole("button", { name: "rain, change" }).click();
  await page.getByRole("button", { name: "More than" }).click();
  await page.getByLabel("Change rain").pressSequentially("thunder");
  await page.getByRole("radio", { name: "Green" }).check();
  await page.getByLabel("Change rain").press("Enter");
  await expect.poll(() => view.prompts()).toContain("rain > thunder");
  await expect(page, "its colour has come along").toHaveURL(/r=c3%7Erain\+%3E\+thunder/);
  await page.getByRole("button", { name: "rain > thunder, change" }).click();
  await expect(page.getByRole("radio", { name: "Green" })).toBeChecked();
  await expect(page.getByRole("list", { name: "Wordings of rain > thunder" })).toContainText("less thunder");
});
