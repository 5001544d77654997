import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "@playwright/test";
import { toneWav } from "./audio";
import { violations, violationsInBothThemes } from "./axe";
import { CuttingProxy } from "./cutting-proxy";
import { dragOver } from "./dropping";
import { expect, test } from "./fixtures";
import { Server } from "./server";

const AWAY = /net::ERR_|WebSocket connection to|Failed to load resource/;

const tray = (page: Page) => page.getByRole("region", { name: "Uploads" });

/** The browser sends no faster than this; null lifts the limit. */
async function limitUploads(context: BrowserContext, page: Page, bytesPerS: number | null): Promise<void> {
  const network = await context.newCDPSession(page);
  await network.send("Network.enable");
  await network.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerS ?? -1,
  });
}

async function dropFiles(page: Page, files: Array<{ name: string; bytes: Buffer }>): Promise<void> {
  const hovering = await dragOver(page, files);
  await hovering.drop();
}

/** The bytes of the recording on show, as the server keeps them. */
async function storedBytes(page: Page, server: string): Promise<Buffer> {
  const id = /#\/r\/(rec_\w+)/.exec(page.url())?.[1];
  const answer = await fetch(`${server}/api/recordings/${id}/audio`);
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

test("two dropped files are sent and analysed, and the first is opened", async ({ page, context, view }) => {
  await page.goto("/");
  await limitUploads(context, page, 600_000);
  await dropFiles(page, [
    { name: "harbour 2.wav", bytes: toneWav(40, 8000) },
    { name: "harbour 10.wav", bytes: toneWav(40, 8000) },
  ]);
  await expect(tray(page)).toContainText("0 of 2 files sent");
  await expect(tray(page).getByRole("progressbar")).toHaveCount(2);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("harbour 2");
  expect(await violations(page)).toEqual([]);
  await limitUploads(context, page, null);
  await expect(tray(page)).toContainText("2 files sent", { timeout: 60_000 });
  expect(await violationsInBothThemes(page)).toEqual([]);
  await view.untilDone();
  await tray(page).getByRole("link", { name: "harbour 10.wav" }).click();
  await view.untilDone();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("harbour 10");
  await tray(page).getByRole("button", { name: "Close the list of uploads" }).click();
  await expect(tray(page)).toHaveCount(0);
});

test("the map is drawn while the file is sent; the rate is told, and sending can be stopped", async ({
  page,
  context,
  view,
}) => {
  await page.goto("/");
  await limitUploads(context, page, 400_000);
  const file = { name: "slow.wav", mimeType: "audio/wav", buffer: toneWav(1200, 8000) };
  await page.locator("input[type=file]").setInputFiles(file);
  await expect(tray(page)).toContainText(/of 19 MB, \d+ kB a second, \d+ s left/);
  await expect(page.getByRole("progressbar", { name: "Upload of slow.wav" })).toBeVisible();
  await expect(view.status).toContainText(/[1-9]\d(?: of [\d:]+)? heard/, { timeout: 30_000 });
  const prompt = (await view.prompts())[0];
  expect(await view.scoreAt(prompt, 2)).toBeGreaterThanOrEqual(0);
  await expect(tray(page)).toContainText("Sending a file");
  await tray(page)
    .getByRole("button", { name: /hide the files/ })
    .click();
  await expect(tray(page).getByRole("progressbar")).toHaveCount(0);
  await tray(page)
    .getByRole("button", { name: /show the files/ })
    .click();
  await tray(page).getByRole("button", { name: "Stop sending slow.wav" }).click();
  await expect(page).toHaveURL(/#\/$/);
  await expect(tray(page)).toHaveCount(0);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByText("slow", { exact: true })).toHaveCount(0);
});

test("a connection lost in the middle is waited for, and nothing is lost", async ({
  page,
  context,
  view,
  allowConsole,
}) => {
  test.setTimeout(180_000);
  allowConsole(AWAY);
  const server = process.env.SONOTAG_URL ?? "";
  const proxy = new CuttingProxy(server);
  await proxy.start();
  try {
    await page.goto(proxy.url);
    await limitUploads(context, page, 4_000_000);
    const bytes = toneWav(1200, 8000);
    proxy.cutAfter(11_000_000);
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "train.wav", mimeType: "audio/wav", buffer: bytes });
    await expect(tray(page)).toContainText("no connection; trying again", { timeout: 60_000 });
    expect(proxy.hasCut).toBe(true);
    proxy.restore();
    await limitUploads(context, page, null);
    await view.untilDone(120_000);
    await expect(tray(page)).toHaveCount(0);
    expect((await storedBytes(page, server)).equals(bytes)).toBe(true);
    // What the server had was not sent again.
    expect(proxy.passedBytes).toBeLessThan(bytes.length + 2_000_000);
  } finally {
    proxy.close();
  }
});

test("a file that is all sent before its analysis is accepted is opened all the same", async ({
  page,
  view,
}) => {
  await page.route("**/analyze", async (route) => {
    await new Promise((later) => setTimeout(later, 1500));
    await route.continue();
  });
  await page.goto("/");
  const buffer = toneWav(3, 8000);
  await page.locator("input[type=file]").setInputFiles({ name: "short.wav", mimeType: "audio/wav", buffer });
  await view.untilDone();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("short");
});

test("after a closed tab the same file goes on where it was", async ({
  page,
  context,
  view,
  allowConsole,
}) => {
  test.setTimeout(180_000);
  // What was still in the closed tab's socket may arrive after the new tab has asked for the offset.
  allowConsole(/status of 4(09|23)/);
  const folder = mkdtempSync(join(tmpdir(), "sonotag-upload-"));
  try {
    const bytes = toneWav(1500, 8000);
    const path = join(folder, "long walk.wav");
    writeFileSync(path, bytes);
    const first = await context.newPage();
    await first.goto("/");
    await limitUploads(context, first, 3_000_000);
    await first.locator("input[type=file]").setInputFiles(path);
    // What the page calls sent may still be in the browser's and the system's buffers, some six megabytes.
    await expect(tray(first)).toContainText(/1[5-9](\.\d)? MB of 24 MB/, { timeout: 60_000 });
    const opened = first.url();
    await first.close();

    const places: number[] = [];
    page.on("request", (request) => {
      if (request.method() === "PATCH") places.push(Number(request.headers()["upload-offset"]));
    });
    await page.goto("/");
    await page.locator("input[type=file]").setInputFiles(path);
    await view.untilDone(120_000);
    expect(page.url().split("?")[0]).toBe(opened.split("?")[0]);
    expect(places[0]).toBeGreaterThan(5_000_000);
    expect((await storedBytes(page, process.env.SONOTAG_URL ?? "")).equals(bytes)).toBe(true);
    expect(
      await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("tus"))),
    ).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("what was cancelled or deleted takes no more bytes, and the same file begins anew", async ({
  page,
  context,
  view,
  allowConsole,
}) => {
  allowConsole(/Failed to load resource: the server responded with a status of (404|410)/);
  const folder = mkdtempSync(join(tmpdir(), "sonotag-upload-"));
  try {
    const path = join(folder, "second thoughts.wav");
    writeFileSync(path, toneWav(600, 8000));
    await page.goto("/");
    await limitUploads(context, page, 1_200_000);
    await page.locator("input[type=file]").setInputFiles(path);
    await expect(view.status).toContainText(/heard/, { timeout: 30_000 });
    const first = page.url();
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await expect(tray(page)).toHaveCount(0, { timeout: 60_000 });
    await expect(page.getByRole("alert")).toHaveCount(0);

    await limitUploads(context, page, null);
    await page.locator("input[type=file]").setInputFiles(path);
    await expect(page).not.toHaveURL(first);
    await view.untilDone();
    expect(await view.durationS()).toBeCloseTo(600, 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a server that is killed in the middle goes on when it is back", async ({
  page,
  context,
  view,
  allowConsole,
}) => {
  test.setTimeout(240_000);
  allowConsole(AWAY);
  const server = new Server();
  try {
    await server.start();
    await page.goto(server.url);
    await limitUploads(context, page, 4_000_000);
    const bytes = toneWav(1500, 8000);
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "night.wav", mimeType: "audio/wav", buffer: bytes });
    await expect(tray(page)).toContainText(/(9|1\d)(\.\d)? MB of 24 MB/, { timeout: 60_000 });
    await server.stop("SIGKILL");
    await expect(tray(page)).toContainText("trying again");
    await server.start();
    await limitUploads(context, page, null);
    await expect(tray(page)).toHaveCount(0, { timeout: 60_000 });
    await view.untilDone(120_000);
    expect((await storedBytes(page, server.url)).equals(bytes)).toBe(true);
  } finally {
    await server.remove();
  }
});

test("of a folder the recordings are sent, and each refusal says what to do", async ({
  page,
  view,
  allowConsole,
}) => {
  allowConsole(/Failed to load resource: the server responded with a status of 422/);
  const folder = mkdtempSync(join(tmpdir(), "sonotag-folder-"));
  try {
    mkdirSync(join(folder, "night"));
    writeFileSync(join(folder, "dawn.wav"), toneWav(3, 8000));
    writeFileSync(join(folder, "night", "empty.wav"), "");
    writeFileSync(join(folder, "night", "shopping.mp3"), "milk, bread, eggs\n".repeat(40));
    writeFileSync(join(folder, "night", "notes.txt"), "milk, bread, eggs\n");
    await page.goto("/");
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Choose a folder" }).click();
    await (await chooser).setFiles(folder);
    await view.untilDone();
    await expect(page.getByRole("heading", { level: 1 })).toContainText("dawn");
    await expect(tray(page)).toContainText("1 file sent, 2 not sent");
    await expect(tray(page)).toContainText("1 file of other kinds left out");
    const problems = tray(page).getByRole("alert");
    await expect(problems).toHaveCount(2);
    await expect(problems.first()).toContainText("The file is empty (0 bytes). Check that");
    await expect(problems.last()).toContainText(/\w+\. \w+/);
    expect(await violationsInBothThemes(page)).toEqual([]);
    await tray(page).getByRole("button", { name: "Close the list of uploads" }).click();
    await page.getByRole("link", { name: /SonoTag/ }).click();
    // Not the first of all: other tests upload as well.
    await expect(page.locator(".recent-item").filter({ hasText: "dawn" }).first()).toBeVisible();
    await expect(page.locator(".recent-item").filter({ hasText: "shopping" })).toHaveCount(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
