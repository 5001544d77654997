import { expect, test } from "./fixtures";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale: "de-DE" });

const overflow = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

test("in German, too, nothing sticks out at 390 px: the top, and what a recording's buttons open", async ({
  page,
  sampleId,
  allowConsole,
}) => {
  allowConsole(/status of 502/);
  // A server that removes old recordings has one button more.
  await page.route("**/api/system", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), keep_days: 30 } });
  });
  await page.goto("/");
  const logo = page.getByRole("link", { name: "SonoTag, zum Anfang" });
  await expect(page.locator(".model-chip")).toBeVisible();
  await expect(logo.locator("i")).toBeInViewport({ ratio: 1 });
  expect(await page.evaluate(overflow)).toBe(0);

  await page.route("**/api/model*", (route) => route.fulfill({ status: 502, body: "" }));
  await page.reload();
  await expect(page.getByRole("heading", { name: "Der Server antwortet nicht" })).toBeVisible();
  await expect(logo.locator("i")).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole("button", { name: "Tasten" })).toBeInViewport({ ratio: 1 });
  expect(await page.evaluate(overflow)).toBe(0);
  await page.unroute("**/api/model*");

  await page.goto(`/#/r/${sampleId}`);
  await expect(page.locator(".run-words")).toContainText("Fertig");
  await expect(page.getByRole("button", { name: "Anheften" })).toBeVisible();
  const panel = page.locator(".head-actions .menu-panel:visible");
  for (const name of ["Teilen", "Exportieren", "Aufnahme löschen"]) {
    const button = page.getByRole("button", { name, exact: true });
    await expect(button).toBeInViewport({ ratio: 1 });
    await button.tap();
    await expect(panel, `the panel of ${name}`).toBeInViewport({ ratio: 1 });
    expect(await page.evaluate(overflow), `the panel of ${name}`).toBe(0);
    await page.keyboard.press("Escape");
  }
});

test("what the server refuses is told in German, its own words below, and in English at once when asked", async ({
  page,
  allowConsole,
}) => {
  allowConsole(/status of 422/);
  await page.goto("/");
  await page.getByLabel("Link zu einer Aufnahme").fill("https://vimeo.com/123");
  await page.getByRole("button", { name: "Anhören", exact: true }).tap();
  const problem = page.getByRole("alert");
  await expect(problem).toContainText("Von dieser Website holt der Server nichts.");
  await problem.getByText("Was gesagt wurde, Wort für Wort").tap();
  const said = problem.locator("code");
  await expect(said).toContainText("This server does not fetch from vimeo.com.");
  await expect(said).toHaveAttribute("lang", "en");
  expect(await page.evaluate(overflow)).toBe(0);

  await page.getByRole("button", { name: "Sprache", exact: true }).tap();
  await page.getByRole("button", { name: "English" }).tap();
  await expect(problem.locator(".problem-message")).toHaveText("This server does not fetch from vimeo.com.");
  await expect(problem.locator("code")).toHaveCount(0);
});

test.describe("on a screen of middle width", () => {
  test.use({ viewport: { width: 800, height: 700 }, hasTouch: false, isMobile: false });

  test("a recording's name keeps its room beside all its buttons", async ({ page, sampleId }) => {
    await page.route("**/api/system", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), keep_days: 30 } });
    });
    await page.route("**/api/model", async (route) => {
      const answer = await route.fetch();
      const overview = await answer.json();
      overview.model.version = "another";
      await route.fulfill({ response: answer, json: overview });
    });
    await page.goto(`/#/r/${sampleId}`);
    await expect(page.getByRole("button", { name: /^Neu analysieren mit/ })).toBeInViewport({ ratio: 1 });
    await expect(page.getByRole("button", { name: "Anheften" })).toBeInViewport({ ratio: 1 });
    await expect(page.getByRole("button", { name: "Aufnahme löschen" })).toBeInViewport({ ratio: 1 });
    const title = page.getByRole("heading", { level: 1 });
    expect((await title.boundingBox())?.width).toBeGreaterThan(200);
    expect(await page.evaluate(overflow)).toBe(0);
  });
});
