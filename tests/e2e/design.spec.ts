import { violations } from "./axe";
import { expect, test } from "./fixtures";

const PARTS = [
  "Tokens",
  "Buttons",
  "Chips and pills",
  "Fields",
  "Icons",
  "Error",
  "Loading",
  "Empty",
  "Reconnecting",
  "Offline",
  "Menus and sheets",
  "Map",
];
const overflow = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

for (const colorScheme of ["dark", "light"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, reducedMotion: "reduce" });

    test("every part in every state is there, accessible, and photographed", async ({ page }, info) => {
      await page.goto("/design");
      await expect(page.locator(".design-part > h2")).toHaveText(PARTS);
      expect(await violations(page)).toEqual([]);
      for (const name of PARTS) {
        const part = page.getByRole("region", { name, exact: true });
        const picture = await part.screenshot({ animations: "disabled" });
        await info.attach(`${name}, ${colorScheme}`, { body: picture, contentType: "image/png" });
      }
      // One theme looks at the open menu, the other at the open sheet: their colours are those of all panels.
      if (colorScheme === "dark") await page.getByRole("button", { name: "Open the menu" }).click();
      else await page.getByRole("button", { name: "Open the sheet" }).click();
      const shown = page.getByText(/^Copy link|^It holds the focus/).filter({ visible: true });
      await expect(shown).toHaveCount(1);
      expect(await violations(page)).toEqual([]);
    });
  });
}

test("parts fit a phone and twice the size, and their targets are large enough", async ({ page }) => {
  await page.goto("/design");
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(overflow)).toBe(0);
  // Twice the size on a screen of 1280 pixels leaves 640 for the page.
  await page.setViewportSize({ width: 640, height: 400 });
  expect(await page.evaluate(overflow)).toBe(0);
  await page.setViewportSize({ width: 1280, height: 800 });
  const small = await page.locator("button, input, summary, a").evaluateAll((targets) =>
    targets
      .filter((target) => target.checkVisibility())
      .map((target) => ({
        what: target.ariaLabel ?? target.textContent,
        box: target.getBoundingClientRect(),
      }))
      .filter(({ box }) => box.width < 24 || box.height < 24)
      .map(({ what, box }) => `${what}: ${Math.round(box.width)} x ${Math.round(box.height)}`),
  );
  expect(small).toEqual([]);
});

test("where the system sets the colours, the focus and what is pressed can still be seen", async ({
  page,
}) => {
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto("/design");
  const chip = page.getByRole("button", { name: "Animals" });
  await expect(chip).toHaveCSS("outline-style", "solid");
  await page.keyboard.press("Tab");
  await expect(page.locator(":focus")).toHaveCSS("outline-style", "solid");
  const ready = page.locator(".dot-ready");
  const failed = page.locator(".dot-failed");
  const colour = (dot: typeof ready) => dot.evaluate((element) => getComputedStyle(element).backgroundColor);
  expect(await colour(ready)).not.toBe(await colour(failed));
});
