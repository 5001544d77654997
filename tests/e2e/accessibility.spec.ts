import { violations } from "./axe";
import { expect, test } from "./fixtures";

for (const colorScheme of ["dark", "light"] as const) {
  test.describe(`axe finds nothing, ${colorScheme}`, () => {
    test.use({ colorScheme, reducedMotion: "reduce" });

    test("on the empty page, with chips and with an error", async ({ page, allowConsole }) => {
      allowConsole(/status of \d+/);
      await page.goto("/");
      await expect(page.getByRole("button", { name: "Animals" })).toBeVisible();
      expect(await violations(page)).toEqual([]);
      await page.getByRole("button", { name: "Animals" }).click();
      await page.getByLabel("Link to a recording").fill("https://example.org/song");
      await page.getByRole("button", { name: "Listen" }).click();
      await expect(page.getByRole("alert")).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });

    test("on a recording, with everything open", async ({ page, view, sampleId }) => {
      await view.open(sampleId);
      expect(await violations(page)).toEqual([]);
      const field = page.getByLabel("Add a sound to look for");
      await field.fill("rope creaking");
      await field.press("Enter");
      await expect(page.getByText("not covered", { exact: true })).toBeVisible();
      await view.moments.first().click();
      await page.getByRole("button", { name: "Export" }).click();
      expect(await violations(page)).toEqual([]);
      await page.getByRole("button", { name: "Delete recording" }).click();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Keys" }).click();
      await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });

    test("where there is no recording", async ({ page, allowConsole }) => {
      allowConsole(/status of \d+/);
      await page.goto("/#/r/rec_nowhere");
      await expect(page.getByRole("alert")).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });
  });
}

test("the theme can be chosen and stays", async ({ page }) => {
  await page.goto("/");
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  expect(await theme()).toBe("dark");
  await page.getByRole("button", { name: "Light theme" }).click();
  expect(await theme()).toBe("light");
  await page.reload();
  expect(await theme()).toBe("light");
});
