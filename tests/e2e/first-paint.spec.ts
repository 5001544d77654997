import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { ROOT } from "./server";

const built = resolve(process.env.SONOTAG_PAGE_DIR ?? join(ROOT, "frontend/dist"));

test("a recording's scores are on their way before the page's scripts, and are asked for once", async ({
  page,
  sampleId,
}) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  let sockets = 0;
  const told = new Promise<void>((heard) =>
    page.on("websocket", (socket) => {
      sockets += 1;
      socket.once("framereceived", () => heard());
    }),
  );
  await page.route(/\/assets\/.*\.js$/, async (route) => {
    await told;
    await route.continue();
  });
  await page.goto(`/#/r/${sampleId}?p=rain&p=church+bell`, { waitUntil: "commit" });
  await told;
  await expect(page.locator(".row-name")).toHaveText(["rain", "church bell"]);
  await expect(page.locator(".moments")).toHaveAttribute("aria-busy", "false");
  expect(sockets).toBe(1);
  expect(asked.filter((path) => path === `/api/recordings/${sampleId}`)).toHaveLength(1);
  expect(asked.filter((path) => path === "/api/access")).toHaveLength(1);
});

test("another recording than that of the address gets its own stream", async ({ page, view, sampleId }) => {
  await page.goto(`/#/r/${sampleId}?p=rain`, { waitUntil: "commit" });
  await page.evaluate(() => {
    location.hash = "#/";
  });
  await expect(page.getByRole("button", { name: "Try the sample" })).toBeVisible();
  await view.open(sampleId);
  expect(await view.prompts()).toEqual(["dog barking", "church bell", "rain"]);
});

test("while the moments are on their way nobody is told that there are none", async ({ page, sampleId }) => {
  let answer: () => void = () => undefined;
  const asked = new Promise<void>((go) => {
    answer = go;
  });
  await page.route(/\/detections\?/, async (route) => {
    await asked;
    await route.continue();
  });
  const request = page.waitForRequest(/\/detections\?/);
  await page.goto(`/#/r/${sampleId}?p=church+bell`);
  await request;
  await expect(page.locator(".moments-none")).toHaveText("Nothing yet.");
  answer();
  await expect(page.locator(".moment").first()).toBeVisible();
});

test("the document names all that a recording's page needs, so that none of it is found out late", () => {
  const text = readFileSync(join(built, "index.html"), "utf8");
  const route = /\.\/assets\/RecordingRoute-[\w-]+\.js/.exec(text)?.[0];
  expect(route).toBeDefined();
  const imports = readFileSync(join(built, route ?? ""), "utf8").matchAll(
    /from\s*["'`]\.\/([\w-]+\.js)["'`]/g,
  );
  for (const [, name] of imports) expect(text).toContain(`./assets/${name}`);
});

test.describe("before any other file has come", () => {
  /** Opens `path` as it is shown while scripts, styles and fonts are still on their way. */
  async function openWithoutFiles(page: Page, path: string): Promise<void> {
    await page.route(/\/assets\//, () => undefined);
    await page.goto(path, { waitUntil: "commit" });
    await expect(page.locator(".logo")).toContainText("SonoTag");
  }

  const ground = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

  test("a recording's document says that it is being opened", async ({ page, sampleId }) => {
    await openWithoutFiles(page, `/#/r/${sampleId}`);
    await expect(page.getByText("Opening the recording")).toBeVisible();
    await expect(page.getByText("Die Aufnahme wird geöffnet")).toBeHidden();
    expect(await ground(page)).toBe("rgb(12, 15, 20)");
  });

  test("the start page's has only its bar", async ({ page }) => {
    await openWithoutFiles(page, "/");
    await expect(page.locator(".top")).toBeVisible();
    await expect(page.locator(".opening:visible")).toHaveCount(0);
  });

  test("it is in the colours that were chosen", async ({ page, sampleId }) => {
    await page.goto("/");
    await page.getByRole("button", { name: "Light theme" }).click();
    await openWithoutFiles(page, `/?again#/r/${sampleId}`);
    expect(await ground(page)).toBe("rgb(246, 245, 242)");
  });

  test.describe("in German", () => {
    test.use({ locale: "de-AT" });

    test("it is in the reader's language", async ({ page, sampleId }) => {
      await openWithoutFiles(page, `/#/r/${sampleId}`);
      await expect(page.getByText("Die Aufnahme wird geöffnet")).toBeVisible();
      await expect(page.getByText("Opening the recording")).toBeHidden();
    });
  });
});
