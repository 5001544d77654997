import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Page } from "@playwright/test";
import { violationsInBothThemes } from "./axe";
import { expect, test } from "./fixtures";
import { prefixProxy } from "./prefix-proxy";
import { ROOT, Server } from "./server";

/** A server of its own, of a copy of the built page, so that both can go away and another build can come. */
const build = mkdtempSync(join(tmpdir(), "sonotag-build-"));
const server = new Server();
const given = process.env.SONOTAG_PAGE_DIR;

test.use({ serviceWorkers: "allow" });
test.beforeAll(async () => {
  cpSync(resolve(given ?? join(ROOT, "frontend/dist")), build, { recursive: true });
  process.env.SONOTAG_PAGE_DIR = build;
  await server.start();
});
test.afterAll(async () => {
  if (given === undefined) delete process.env.SONOTAG_PAGE_DIR;
  else process.env.SONOTAG_PAGE_DIR = given;
  await server.remove();
  rmSync(build, { recursive: true, force: true });
});

const kept = (page: Page) =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    const names = await caches.keys();
    const caught = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return caught.flat().map(({ url }) => new URL(url).pathname);
  });

test("the page opens while the server is away, says what helps, and goes on when it is back", async ({
  page,
  allowConsole,
}) => {
  allowConsole(/ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_FAILED|status of 50\d|WebSocket/);
  const proxy = await prefixProxy(server.url, "/tools/sonotag");
  await page.goto(proxy.url);
  await page.getByRole("button", { name: "Try the sample" }).click();
  await expect(page).toHaveURL(/#\/r\/rec_/);
  await expect(page.locator(".run-words")).toContainText("Done");
  await expect.poll(() => kept(page), "below its path prefix").toContain("/tools/sonotag/");
  await expect
    .poll(async () => (await kept(page)).filter((path) => path.includes("/assets/")).length)
    .toBeGreaterThan(2);
  expect((await kept(page)).filter((path) => path.includes("/api/"))).toEqual([]);
  const manifest = await page.evaluate(async () => {
    const link = document.querySelector<HTMLLinkElement>("link[rel=manifest]");
    return (await fetch(link?.href ?? "")).json();
  });
  for (const { src } of manifest.icons)
    expect((await page.request.get(`${proxy.url}${src}`)).status(), src).toBe(200);

  await server.stop();
  await page.reload();
  await expect(page.getByText("The server cannot be reached.")).toBeVisible();
  await page.getByRole("button", { name: "Back to the start" }).click();
  await expect(page.getByRole("heading", { name: "The server is not answering" })).toBeVisible();
  await expect(page.getByText("make run")).toBeVisible();
  await expect(page.getByRole("button", { name: "Try the sample" })).toHaveCount(0);
  expect(await violationsInBothThemes(page)).toEqual([]);
  // The other language is kept as well: nobody is there to give it.
  await page.getByRole("button", { name: "Language" }).click();
  await page.getByRole("button", { name: "Deutsch" }).click();
  await expect(page.getByRole("heading", { name: "Der Server antwortet nicht" })).toBeVisible();
  await expect(page.getByText("Gehört er jemand anderem")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Der Server antwortet nicht" })).toBeVisible();
  await page.getByRole("button", { name: "Sprache", exact: true }).click();
  await page.getByRole("button", { name: "English" }).click();

  await server.start();
  await expect(page.getByRole("button", { name: "Try the sample" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Recent recordings" })).toBeVisible();
  await page.goto("about:blank");
  proxy.close();
});

test("a new build is taken at the next load, and then kept in place of the old one", async ({
  page,
  context,
  allowConsole,
}) => {
  allowConsole(/ERR_CONNECTION_REFUSED|ERR_FAILED/);
  await page.goto(server.url);
  await expect.poll(() => kept(page)).toContain("/");
  const edit = (file: string, change: (text: string) => string) => {
    const path = join(build, file);
    const before = readFileSync(path, "utf8");
    expect(change(before)).not.toBe(before);
    writeFileSync(path, change(before));
    for (const packed of [".br", ".gz"]) rmSync(path + packed, { force: true });
  };
  edit("index.html", (text) => text.replace("<title>SonoTag</title>", "<title>SonoTag, newer</title>"));
  edit("worker.js", (text) => text.replace(/"version":"\w+"/, '"version":"newer"'));
  await page.reload();
  await expect(page).toHaveTitle("SonoTag, newer");

  // The tab of the old build is closed: from now on the new one is what opens without the server.
  await expect
    .poll(() =>
      page.evaluate(async () => Boolean((await navigator.serviceWorker.getRegistration())?.waiting)),
    )
    .toBe(true);
  await page.close();
  const next = await context.newPage();
  await next.goto(server.url);
  await expect.poll(() => next.evaluate(() => caches.keys())).toEqual(["sonotag / newer"]);
  await server.stop();
  await next.reload();
  await expect(next).toHaveTitle("SonoTag, newer");
  await expect(next.getByRole("heading", { name: "The server is not answering" })).toBeVisible();
  await server.start();
});

test("a part that cannot be loaded says so, and a reload mends it", async ({ page, allowConsole }) => {
  allowConsole(/ERR_FAILED|preload/i);
  await page.route(/RecordingRoute-/, (route) => route.abort());
  await page.goto(`${server.url}/#/r/rec_nowhere`);
  await expect(page.getByText("This part of the page could not be loaded.")).toBeVisible();
  await page.unroute(/RecordingRoute-/);
  allowConsole(/status of 404/);
  await page.getByRole("button", { name: "Reload" }).click();
  await expect(page.getByRole("button", { name: "Back to the start" })).toBeVisible();
});
