import { expect, test } from "./fixtures";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

const overflow = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

test("at 390 px nothing sticks out and everything can be reached", async ({ page, view, sampleId }) => {
  await page.goto("/");
  await expect(page.getByRole("button", { name: "Try the sample" })).toBeVisible();
  expect(await page.evaluate(overflow)).toBe(0);

  await view.open(sampleId);
  expect(await page.evaluate(overflow)).toBe(0);
  const play = page.getByRole("button", { name: "Play", exact: true });
  await expect(play).toBeInViewport();
  const grip = await page.locator(".row-grip").first().boundingBox();
  expect(
    (await play.boundingBox())?.x,
    "rows slip away under it, but their grips beside it",
  ).toBeGreaterThanOrEqual((grip?.x ?? Number.NaN) + (grip?.width ?? Number.NaN));
  const { x, y } = await view.pointOf("church bell", 51);
  await page.touchscreen.tap(x, y);
  await expect.poll(() => view.positionS()).toBeCloseTo(51, 0);
  const card = page.locator(".readout");
  for (const timeS of [4, 12, 20, 34, 51, 66]) {
    const cell = await view.pointOf("church bell", timeS);
    await page.touchscreen.tap(cell.x, cell.y);
    await expect(card, "what was tapped is told").toContainText("church bell");
    await expect.poll(() => view.positionS()).toBeCloseTo(timeS, 0);
    await expect(card, "and when").toContainText(
      `${Math.floor(timeS / 60)}:${String(timeS % 60).padStart(2, "0")}.`,
    );
    const box = await card.boundingBox();
    expect(box?.x, `its card begins on the screen, ${timeS} s`).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0), `and ends on it, ${timeS} s`).toBeLessThanOrEqual(390);
  }
  const bell = view.moments.filter({ hasText: "church bell" }).first();
  await bell.scrollIntoViewIfNeeded();
  await bell.tap();
  await expect(bell).toHaveAttribute("aria-current", "time");

  const small = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, select, a.logo, .add-prompt")]
      .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .filter((element) => !element.closest(".replacements"))
      // A row is moved by its editor as well, which has larger buttons for it.
      .filter((element) => !element.matches(".row-grip"))
      .map((element) => ({
        what: element.ariaLabel ?? element.textContent,
        box: element.getBoundingClientRect(),
      }))
      .filter(({ box }) => box.height < 44 || box.width < 44)
      .map(({ what, box }) => `${what}: ${Math.round(box.width)} x ${Math.round(box.height)}`),
  );
  expect(small).toEqual([]);

  await page.getByRole("button", { name: "rain, change" }).tap();
  await page.getByLabel("Change rain").fill("wind");
  await page.keyboard.press("Enter");
  expect(await view.prompts()).toEqual(["dog barking", "church bell", "wind"]);
  expect(await page.evaluate(overflow)).toBe(0);

  await page.setViewportSize({ width: 320, height: 700 });
  expect(await page.evaluate(overflow)).toBe(0);
  const zoomIn = await page.getByRole("button", { name: "Zoom in" }).boundingBox();
  const legend = await page.locator(".legend").boundingBox();
  expect((zoomIn?.x ?? Number.NaN) + (zoomIn?.width ?? 0), "beside the legend").toBeLessThanOrEqual(
    legend?.x ?? Number.NaN,
  );
});
