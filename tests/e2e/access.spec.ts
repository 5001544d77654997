import { violationsInBothThemes } from "./axe";
import { expect, test } from "./fixtures";
import { Server } from "./server";

const PASSWORD = "open, sesame";

/** Each browser its own recordings, and a password. */
let server: Server;

// Each begins with a server of its own and waits for the sample to be heard.
test.slow();

test.beforeAll(async () => {
  server = new Server({ SONOTAG_MODEL: "builtin" });
  await server.start();
});
test.afterAll(async () => server.remove());

test("two browsers do not see each other's recordings; a link shows one to look at, until it is withdrawn", async ({
  page,
  context,
  browser,
  allowConsole,
}) => {
  allowConsole(/404|403/);
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: server.url });
  await page.goto(server.url);
  await page.getByRole("button", { name: "Try the sample" }).click();
  await expect(page.locator(".run-words")).toContainText("Done", { timeout: 60_000 });

  const other = await browser.newContext();
  const theirs = await other.newPage();
  await theirs.goto(server.url);
  await expect(theirs.getByRole("button", { name: "Try the sample" })).toBeVisible();
  await expect(theirs.getByText("Recent recordings")).toHaveCount(0);

  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: /Copy read-only link/ }).click();
  await expect(page.getByText("The read-only link is on the clipboard.")).toBeVisible();
  await expect(page.getByRole("button", { name: /Withdraw the link/ })).toHaveCount(1);
  expect(await violationsInBothThemes(page)).toEqual([]);
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toContain("#/r/s-");

  await theirs.goto(link);
  await expect(theirs.locator(".run-words")).toContainText("Done");
  await expect(theirs.getByText("Shared with you.")).toBeVisible();
  for (const name of ["Delete recording", "Cancel", "Analyse again"]) {
    await expect(theirs.getByRole("button", { name })).toHaveCount(0);
  }
  await theirs.getByLabel("Add a sound to look for").fill("thunder");
  await theirs.keyboard.press("Enter");
  await expect(theirs.getByRole("button", { name: "Mute thunder" })).toBeVisible();
  expect(await theirs.content()).not.toContain("rec_");

  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: /Withdraw the link/ }).click();
  await expect(theirs.getByText("This link no longer works.")).toBeVisible();
  await theirs.reload();
  await expect(theirs.getByText("This link no longer works.")).toBeVisible();

  // With the recording's own address others look and analyse, but do not delete.
  await theirs.goto(page.url());
  await expect(theirs.locator(".run-words")).toContainText("Done");
  await expect(theirs.getByRole("button", { name: "Delete recording" })).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Delete recording" })).toBeVisible();
  await other.close();
});

test("a closed server asks for its password, and a shared recording is shown without", async ({
  page,
  browser,
  allowConsole,
}) => {
  allowConsole(/401/);
  await server.stop();
  server.set({ SONOTAG_SITE_PASSWORD: PASSWORD });
  await server.start();
  await page.goto(server.url);
  await expect(page.getByRole("heading", { name: "This server is closed" })).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("This is not the password.");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Try the sample" }).click();
  await expect(page.locator(".run-words")).toContainText("Done", { timeout: 60_000 });
  const id = /#\/r\/([^?]+)/.exec(page.url())?.[1] ?? "";
  const made = await page.request.post(`${server.url}/api/recordings/${id}/shares`);
  const { token } = (await made.json()) as { token: string };

  const guest = await (await browser.newContext()).newPage();
  await guest.goto(`${server.url}/#/r/${token}`);
  await expect(guest.locator(".run-words")).toContainText("Done");
  await expect(guest.getByText("Built-in tagger").first()).toBeVisible();
  await guest.getByRole("link", { name: /SonoTag, to the start/ }).click();
  await expect(guest.getByRole("heading", { name: "This server is closed" })).toBeVisible();
  await guest.context().close();

  await page.goto(server.url);
  await page.getByRole("button", { name: "About this server" }).click();
  await expect(page.getByText("The browser that brought them.")).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "This server is closed" })).toBeVisible();
});
