import { violationsInBothThemes } from "./axe";
import { expect, test } from "./fixtures";

test("every score can be asked why: by the read-out, by a key, and from neighbour to neighbour", async ({
  page,
  view,
  sampleId,
}) => {
  await view.open(sampleId);
  const why = page.getByRole("region", { name: "Why, why not" });
  const bell = (await view.spokenMoments("church bell"))[0];
  const inside = (bell.onsetS + bell.offsetS) / 2;
  const { x, y } = await view.pointOf("church bell", inside);
  await page.mouse.click(x, y);
  const button = page.getByRole("button", { name: /Why\?/ });
  const box = await button.boundingBox();
  if (!box) throw new Error("no button on the read-out");
  await page.mouse.move(box.x + 8, box.y + 8, { steps: 6 });
  await button.click();
  await expect(why).toContainText("church bell");
  await expect(why).toContainText("Counted.");
  await expect(why).toContainText("Threshold0.50");
  await expect(why).toContainText("Release0.35");
  await expect(why).toContainText(/Strongest other(dog barking|rain) 0\.\d\d/);
  await expect(page.locator(".cell-mark")).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);

  // Walking left from the middle of the moment leaves it where the list says that it begins.
  await why.focus();
  let steps = 0;
  while ((await why.innerText()).includes("Counted.") && steps < 200) {
    await page.keyboard.press("ArrowLeft");
    steps += 1;
  }
  const at = (await why.locator("h2 .num").innerText()).split(":");
  const leftS = Number(at[0]) * 60 + Number(at[1]);
  expect(leftS).toBeLessThan(bell.onsetS + 0.05);
  expect(leftS).toBeGreaterThan(bell.onsetS - 0.3);
  await expect(why).toContainText(/Not counted\.|Dropped\./);
  await page.keyboard.press("ArrowUp");
  await expect(why.getByRole("heading")).toContainText("dog barking");

  // A higher threshold turns the verdict, and undoing it turns it back.
  await page.keyboard.press("ArrowDown");
  for (let step = 0; step < steps; step += 1) await page.keyboard.press("ArrowRight");
  await expect(why).toContainText("Counted.");
  const meter = page.getByRole("slider", { name: "Threshold of church bell" });
  await meter.focus();
  for (let step = 0; step < 5; step += 1) await page.keyboard.press("Shift+ArrowRight");
  await expect(why).toContainText("Threshold of this row0.99");
  await page.keyboard.press("Control+z");
  await expect(why).toContainText("Threshold0.50");
  await page.keyboard.press("Escape");
  await expect(why).toHaveCount(0);

  const quiet = await view.pointOf("church bell", 5);
  await page.mouse.move(quiet.x, quiet.y);
  await expect(view.readout).toContainText("church bell");
  await page.keyboard.press("i");
  await expect(why).toContainText("Not counted. The score is below the release of 0.35.");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a tap offers the question and the answer is in sight", async ({ page, view, sampleId }) => {
    await view.open(sampleId);
    const { x, y } = await view.pointOf("church bell", 51);
    await page.touchscreen.tap(x, y);
    await page.getByRole("button", { name: /Why\?/ }).tap();
    const verdict = page.getByRole("region", { name: "Why, why not" }).locator(".why-verdict");
    await expect(verdict).toBeInViewport();
    await expect(verdict).toContainText(/ounted/);
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    ).toBe(0);
  });
});
