import { toneWav } from "./audio";
import { violationsInBothThemes } from "./axe";
import { expect, test } from "./fixtures";
import { Server } from "./server";

/** How Chromium itself reports answers of 400 and above. */
const REFUSED = /Failed to load resource: the server responded with a status of \d+/;
/** And how it reports requests of any kind that a server left unanswered, wherever it was cut off. */
const SERVER_AWAY = /net::ERR_|WebSocket connection to/;

test("a text file that says it is audio is refused in the server's words", async ({ page, allowConsole }) => {
  allowConsole(REFUSED);
  await page.goto("/");
  const file = {
    name: "notes.mp3",
    mimeType: "audio/mpeg",
    buffer: Buffer.from("milk, bread, eggs\n".repeat(40)),
  };
  await page.locator("input[type=file]").setInputFiles(file);
  const problem = page.getByRole("alert");
  await expect(problem).toBeVisible({ timeout: 20_000 });
  await expect(problem.locator(".problem-message")).toHaveText(/\w+/);
  await expect(problem.locator(".problem-hint")).toHaveText(/\w+/);
});

test("a recording that fails says why where the map would be", async ({ page }) => {
  await page.goto("/");
  const file = { name: "ten samples.wav", mimeType: "audio/wav", buffer: toneWav(10, 1) };
  await page.locator("input[type=file]").setInputFiles(file);
  const problem = page.getByRole("alert");
  await expect(problem.locator(".problem-message")).toHaveText(/\w+/, { timeout: 20_000 });
  await expect(problem.locator(".problem-hint")).toHaveText(/\w+/);
  await expect(problem.getByRole("button", { name: "Analyse again" })).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await problem.getByRole("button", { name: "Choose another file" }).click();
  await expect(page.getByRole("button", { name: "Choose a file" })).toBeVisible();
});

test("a link is answered honestly", async ({ page, allowConsole }) => {
  allowConsole(REFUSED);
  await page.goto("/");
  await page.getByLabel("Link to a recording").fill("https://example.org/song");
  await page.getByRole("button", { name: "Listen" }).click();
  await expect(page.getByRole("alert")).toContainText(/does not fetch from example\.org/);
  await expect(
    page.getByRole("alert").getByRole("button", { name: "Upload the file instead" }),
  ).toBeVisible();
  await page.getByRole("button", { name: "Dismiss" }).click();
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("a recording that is not there says so and shows the way back", async ({ page, allowConsole }) => {
  allowConsole(REFUSED);
  await page.goto("/#/r/rec_nowhere");
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByRole("button", { name: "Back to the start" }).click();
  await expect(page.getByRole("button", { name: "Try the sample" })).toBeVisible();
});

test("when the server goes away the page says so, and goes on when it is back", async ({
  page,
  view,
  allowConsole,
}) => {
  test.setTimeout(240_000);
  allowConsole(SERVER_AWAY);
  allowConsole(REFUSED);
  const server = new Server();
  try {
    await server.start();
    await page.goto(server.url);
    const long = { name: "harbour.wav", mimeType: "audio/wav", buffer: toneWav(300, 1000) };
    await page.locator("input[type=file]").setInputFiles(long);
    await expect(view.status).toContainText(/\d+ %/, { timeout: 20_000 });
    await server.stop("SIGKILL");
    await expect(page.getByText(/Reconnecting to the server/)).toBeVisible();
    await expect(view.rows.first()).toBeVisible();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await page.getByRole("button", { name: "Try now" }).click();
    await server.start();
    await expect(page.getByText(/Reconnecting to the server/)).toHaveCount(0, { timeout: 60_000 });
    const again = page.getByRole("button", { name: "Analyse again" });
    await expect(view.status).toContainText(/heard|Cancelled|Failed/);
    if (await again.isVisible()) await again.click();
    await view.untilDone(120_000);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("harbour");
  } finally {
    await server.remove();
  }
});
