import { violations, violationsInBothThemes } from "./axe";
import { expect, test } from "./fixtures";

test("every command can be typed: times, moments, rows, colours", async ({ page, view, sampleId }) => {
  await view.open(sampleId);
  const palette = page.getByRole("dialog", { name: "Commands" });
  const run = async (typed: string) => {
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("combobox", { name: "Command" })).toBeFocused();
    await page.keyboard.type(typed);
    await page.keyboard.press("Enter");
    await expect(palette).toBeHidden();
  };
  await run("0:42.5");
  await expect.poll(() => view.positionS()).toBe(42.5);
  await run("next bell");
  const bells = (await view.spokenMoments("church bell")).map(({ onsetS }) => onsetS);
  const wanted = bells.find((onsetS) => onsetS > 42.5) ?? bells[0];
  await expect.poll(() => view.positionS()).toBeCloseTo(wanted, 0);
  await run("mute rain");
  await expect(page.getByRole("button", { name: "Mute rain" })).toHaveAttribute("aria-pressed", "true");
  await run("undo");
  await expect(page.getByRole("button", { name: "Mute rain" })).toHaveAttribute("aria-pressed", "false");
  await run("add prom");
  await expect(page.getByLabel("Add a sound to look for")).toBeFocused();

  await page.keyboard.press("Control+k");
  await page.keyboard.type("zoom");
  await expect(palette.getByRole("option").first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowDown");
  await expect(palette.getByRole("option", { name: "Zoom out" })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("nothing like it");
  await expect(palette.getByText("Nothing of that name.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(palette).toBeHidden();
});

test("the language is chosen by a command, and commands are found by their names in it", async ({
  page,
  view,
  sampleId,
}) => {
  await view.open(sampleId);
  const language = page.locator("html");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("deu");
  await page.keyboard.press("Enter");
  await expect(language).toHaveAttribute("lang", "de");
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Befehle" });
  await page.keyboard.type("vergross");
  await expect(palette.getByRole("option").first()).toHaveText(/^Vergrößern/);
  await page.getByRole("combobox", { name: "Befehl" }).fill("0:42,5");
  await expect(palette.getByRole("option").first()).toHaveText("Zu 0:42,5 gehen");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("sprache");
  await expect(palette.getByRole("option")).toHaveText(["Sprache des Browsers", "English", "Deutsch"]);
  await page.keyboard.press("Enter");
  await expect(language).toHaveAttribute("lang", "en");
  await expect.poll(() => view.positionS()).toBe(42.5);
});

test("the palette is accessible in both themes", async ({ page, view, sampleId }) => {
  await view.open(sampleId);
  for (const theme of ["dark", "light"]) {
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("dialog", { name: "Commands" })).toBeVisible();
    expect(await violations(page), theme).toEqual([]);
    await page.keyboard.type("light");
    await page.keyboard.press("Enter");
  }
});

test("the colours of scores are chosen at the legend and stay", async ({ page, view, sampleId }) => {
  await view.open(sampleId);
  const bell = (await view.spokenMoments("church bell"))[0];
  const middle = (bell.onsetS + bell.offsetS) / 2;
  const [before] = await view.lightnessAt("church bell", [5]);
  await page.getByRole("button", { name: /Colours from score/ }).click();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page.getByRole("button", { name: /Colours from score/ }).click();
  await page.getByRole("button", { name: "Magma" }).click();
  await expect.poll(async () => (await view.lightnessAt("church bell", [5]))[0]).toBeLessThan(before);
  expect((await view.lightnessAt("church bell", [middle]))[0]).toBeGreaterThan(120);
  await page.reload();
  await expect(view.moments.first()).toBeVisible();
  await expect.poll(async () => (await view.lightnessAt("church bell", [5]))[0]).toBeLessThan(before);
});
