import { violationsInBothThemes } from "./axe";
import { expect, test } from "./fixtures";

test("the map is walked cell by cell with the keyboard", async ({ page, view, sampleId }) => {
  await view.open(sampleId);
  const grid = page.getByRole("grid", { name: "Scores by prompt and time" });
  await expect(grid).toHaveAttribute("aria-rowcount", "3");
  const cell = grid.locator(":focus");
  await page.locator(".row-name").last().focus();
  for (let step = 0; step < 6 && (await cell.count()) === 0; step += 1) await page.keyboard.press("Tab");
  await expect(cell).toHaveAccessibleName(/^dog barking, 0:00 to 0:0\d/);
  await expect(cell).toHaveAttribute("aria-colindex", "1");

  // Each cell says what the pointer reads out at the same place.
  await page.keyboard.press("ArrowDown");
  await expect(cell).toHaveAccessibleName(/^church bell, 0:00 to/);
  const stepS = 68 / Number(await grid.getAttribute("aria-colcount"));
  const steps = Math.floor(50.5 / stepS);
  for (let step = 0; step < steps; step += 1) await page.keyboard.press("ArrowRight");
  await expect(cell).toHaveAccessibleName(
    /^church bell, .* score (0\.\d+|1\.00), above the threshold of 0\.50$/,
  );
  await expect(cell).toHaveAttribute("aria-colindex", String(steps + 1));
  const words = (await cell.getAttribute("aria-label")) ?? "";
  const told = Number(/score ([\d.]+)/.exec(words)?.[1]);
  const clocks = /(\d+):(\d+) to (\d+):(\d+)/.exec(words)?.slice(1).map(Number) ?? [];
  const [fromS, toS] = [clocks[0] * 60 + clocks[1], clocks[2] * 60 + clocks[3]];
  let highest = 0;
  for (let timeS = fromS + 0.05; timeS < toS; timeS += 0.25)
    highest = Math.max(highest, await view.scoreAt("church bell", timeS));
  expect(told).toBeCloseTo(highest, 1);

  // The ring lies on the map where the cell is.
  const ring = await cell.boundingBox();
  const middle = await view.pointOf("church bell", (fromS + toS) / 2);
  expect(ring && Math.abs(ring.x + ring.width / 2 - middle.x)).toBeLessThan(2);
  expect(ring && Math.abs(ring.y + ring.height / 2 - middle.y)).toBeLessThan(2);
  expect(ring?.width).toBeGreaterThanOrEqual(24);
  expect(await cell.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe("solid");
  expect(await violationsInBothThemes(page)).toEqual([]);

  await grid.locator("[tabindex='0']").focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => view.positionS()).toBeCloseTo(fromS, 1);
  await page.keyboard.press("i");
  await expect(page.getByRole("region", { name: /Why/ })).toContainText("church bell");
  await grid.locator("[tabindex='0']").focus();
  await page.keyboard.press("Control+End");
  await expect(cell).toHaveAccessibleName(/^rain, .* to 1:08, score/);
  await page.keyboard.press("Control+Home");
  await expect(cell).toHaveAccessibleName(/^dog barking, 0:00 to/);
});

test("zoomed in, cells are frames, and the view goes along with the cursor", async ({
  page,
  view,
  sampleId,
}) => {
  await view.open(sampleId);
  const cell = page.getByRole("grid").locator(":focus");
  await page
    .getByRole("gridcell", { name: /^dog barking/ })
    .first()
    .focus();
  for (let step = 0; step < 14; step += 1) await page.keyboard.press("+");
  await expect(cell, "a zoom keeps the focus in the map").toHaveAccessibleName(/0:00\.00 to 0:00\.13/);
  await expect.poll(() => view.spanS()).toBeLessThan(1);
  expect((await view.shownS()).startS).toBe(0);
  await page.keyboard.press("PageDown");
  await page.keyboard.press("PageDown");
  await page.keyboard.press("ArrowRight");
  await expect.poll(async () => (await view.shownS()).startS).toBeGreaterThan(0.3);
  const ring = await cell.boundingBox();
  const map = await page.locator(".heat-canvas").boundingBox();
  expect(ring && map && ring.x >= map.x - 1 && ring.x + ring.width <= map.x + map.width + 1).toBe(true);
  await page.keyboard.press("Shift+Tab");
  await expect(cell).toHaveCount(0);
});
