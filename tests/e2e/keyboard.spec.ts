import { expect, test } from "./fixtures";

test("everything works without a pointer", async ({ page, view }) => {
  await page.goto("/");
  const focusOn = async (name: string | RegExp) => {
    const wanted = page.getByRole("button", { name, exact: typeof name === "string" });
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press("Tab");
      if (await wanted.evaluateAll((found) => found.includes(document.activeElement as HTMLElement))) {
        const outline = await wanted.evaluate((element) => getComputedStyle(element).outlineStyle);
        expect(outline, "the focus is visible").toBe("solid");
        return;
      }
    }
    throw new Error(`Tab never reaches ${name}`);
  };
  await focusOn("Try the sample");
  await page.keyboard.press("Enter");
  await view.untilDone();
  await expect(view.moments.first()).toBeVisible();

  await page.keyboard.press("ArrowRight");
  await expect.poll(() => view.positionS()).toBe(5);
  await page.keyboard.press("Shift+ArrowLeft");
  await expect.poll(() => view.positionS()).toBe(4);
  await page.keyboard.press("Home");
  await expect.poll(() => view.positionS()).toBe(0);
  const onsets = (await view.listedMoments())
    .map((moment) => moment.onsetS)
    .filter((onsetS) => onsetS > 0.05);
  await page.keyboard.press("n");
  await expect.poll(() => view.positionS()).toBeCloseTo(onsets[0], 0);
  await page.keyboard.press("n");
  const second = await view.positionS();
  expect(second).toBeGreaterThan(onsets[0]);
  await page.keyboard.press("p");
  expect(await view.positionS()).toBeLessThan(second);
  await page.keyboard.press("Space");
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await page.keyboard.press("Space");
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();

  await page.keyboard.press("/");
  await expect(page.getByLabel("Add a sound to look for")).toBeFocused();
  await page.keyboard.type("wind; n p / ?");
  await page.keyboard.press("Enter");
  expect((await view.prompts()).slice(-2)).toEqual(["wind", "n p / ?"]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.keyboard.press("+");
  const shown = page.getByRole("img", { name: /Time axis/ });
  await expect(shown).not.toHaveAccessibleName("Time axis, 0:00 to 1:08");
  await page.keyboard.press("0");
  await expect(shown).toHaveAccessibleName("Time axis, 0:00 to 1:08");
});
