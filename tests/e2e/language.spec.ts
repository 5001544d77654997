import type { Locator, Page } from "@playwright/test";
import { violations } from "./axe";
import { de, textsIn } from "./catalogue";
import { expect, test } from "./fixtures";

test.use({ locale: "de-DE" });

const { app, commands, detections, playback, prompts, recordings, share, timeline } = de;

async function openInGerman(page: Page, id: string): Promise<void> {
  await page.goto(`/#/r/${id}`);
  await expect(page.locator(".run-words")).toContainText(recordings.done);
  await expect(page.locator(".moment").first()).toBeVisible();
}

const button = (page: Page | Locator, name: string) => page.getByRole("button", { name, exact: true });

test("a browser that prefers German gets a German page, wherever one goes in it", async ({
  page,
  context,
  view,
  sampleId,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const stops: Record<string, string[]> = {};
  const look = async (where: string) => {
    stops[where] = await textsIn("en", page);
  };

  await page.goto("/");
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await expect(page.getByText(recordings.promise)).toBeVisible();
  await expect(page.getByText(recordings.recent)).toBeVisible();
  await look("start");
  expect(await violations(page)).toEqual([]);
  await button(page, recordings.aboutServer).click();
  await look("about the server");
  await page.keyboard.press("Escape");

  await openInGerman(page, sampleId);
  await look("recording");
  const { x, y } = await view.pointOf("church bell", 51);
  await page.mouse.move(x, y);
  await expect(view.readout).toContainText(/Wert \d,\d\d, über 0,50/);
  await look("under the pointer");
  await page.mouse.click(x, y);
  await page.keyboard.press("i");
  await expect(page.getByRole("region", { name: detections.why })).toContainText(/Schwelle von 0,50/);
  await page.keyboard.press("[");
  await expect(page.getByRole("region", { name: detections.selection })).toBeVisible();
  await expect(page.locator(".moment-at").first()).toHaveText(/^\d:\d\d,\d/);
  await look("inspector and selection");
  expect(await violations(page)).toEqual([]);

  await page.getByRole("tab", { name: detections.statistics }).click();
  await look("statistics");
  await page.getByRole("button", { name: prompts.change("church bell"), exact: true }).click();
  await look("a row's editor");
  await page.keyboard.press("Escape");

  const menus = page.locator(".menu > button:visible:enabled");
  for (let index = 0; index < (await menus.count()); index += 1) {
    await menus.nth(index).click();
    await look(`menu ${index}`);
    await page.keyboard.press("Escape");
  }
  expect(await menus.count()).toBeGreaterThan(4);
  await button(page, share.share).click();
  await page.getByRole("button", { name: new RegExp(`^${share.copyReadOnly}`) }).click();
  await expect(page.getByText(share.linkCopied)).toBeVisible();
  await expect(page.locator(".share-links li").first()).toHaveText(/^\d{1,2}\. \p{L}+\.?, \d\d:\d\d, …/u);
  await look("links");
  await page.keyboard.press("Escape");

  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: commands.title })).toBeVisible();
  await look("commands");
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: app.keys })).toBeVisible();
  await look("keys");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Modelle: / }).click();
  await expect(page.getByRole("dialog", { name: app.models })).toContainText(/alle 0,125 s/);
  await look("models");
  await page.keyboard.press("Escape");
  await page.keyboard.press("w");
  await look("large words");
  await page.keyboard.press("Escape");
  await button(page, prompts.lists.short).click();
  await expect(page.getByRole("dialog", { name: prompts.lists.title })).toBeVisible();
  await look("lists");
  expect(await violations(page)).toEqual([]);

  expect(Object.values(stops).flat(), JSON.stringify(stops, null, 1)).toEqual([]);
  await expect(page.getByRole("region", { name: timeline.name })).toBeVisible();
  await expect(page.getByRole("button", { name: playback.nextMoment })).toBeVisible();
});

test("another language is spoken at once, nothing on the page is lost, and the choice stays", async ({
  page,
  sampleId,
}) => {
  await openInGerman(page, sampleId);
  const speak = async (menu: string, language: string) => {
    await button(page, menu).click();
    await button(page, language).click();
  };
  await page.keyboard.press("l");
  await page.keyboard.press("[");
  const selection = page.locator(".selection-length");
  const length = await selection.innerText();
  const least = page.locator(".threshold input");
  await least.fill("0.4");
  const field = page.getByLabel(prompts.add);
  await field.fill("half a pro");

  await speak(app.language, "English");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.locator(".run-words")).toContainText("Done");
  await expect(page.getByRole("region", { name: "Timeline" })).toBeVisible();
  expect(await textsIn("de", page), "German that was left behind").toEqual([]);
  expect((await textsIn("en", page)).length, "the search finds what is there").toBeGreaterThan(40);
  await expect(page.getByLabel("Add a sound to look for")).toHaveValue("half a pro");
  await expect(selection).toHaveText(length.replace(",", "."));
  await expect(page.getByLabel("Score a moment must reach")).toHaveValue("0.4");
  await page.locator(".stage-scroll").focus();
  await page.keyboard.press("Control+z");
  await expect(page.getByLabel("Score a moment must reach")).toHaveValue("0.5");

  await page.reload();
  await expect(page.locator(".run-words")).toContainText("Done");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await speak("Language", "As the browser");
  await expect(page.locator(".run-words")).toContainText(recordings.done);
  expect(await textsIn("en", page), "English that was left behind").toEqual([]);
  await page.reload();
  await expect(page.locator(".run-words")).toContainText(recordings.done);
});

test("without its German words the page comes up in English, and says so where they are chosen", async ({
  page,
  allowConsole,
}) => {
  allowConsole(/could not be loaded|net::ERR_FAILED/);
  await page.route(/\/assets\/de-[^/]*\.js$/, (route) => route.abort());
  await page.goto("/");
  await expect(page.getByText("Type the sounds you are looking for")).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await button(page, "Language").click();
  await button(page, "Deutsch").click();
  await expect(page.getByRole("alert")).toContainText("The language could not be loaded.");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.unroute(/\/assets\/de-[^/]*\.js$/);
  await button(page, "Language").click();
  await button(page, "Deutsch").click();
  await expect(page.getByText(recordings.promise)).toBeVisible();
});
