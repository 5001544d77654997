import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { violations, violationsInBothThemes } from "./axe";
import { expect, test } from "./fixtures";
import { RigServer } from "./rig";

const rig = new RigServer();
const REFUSED = /Failed to load resource: the server responded with a status of \d+/;
/** yt-dlp starts anew for every link, on however busy a machine. */
const FETCH_MS = 60_000;

test.beforeAll(async () => {
  test.setTimeout(180_000);
  await rig.start();
});
test.afterAll(() => rig.remove());

const field = (page: Page) => page.getByLabel("Link to a recording");

async function listenTo(page: Page, link: string): Promise<string> {
  await page.goto(rig.url);
  await field(page).fill(link);
  await page.getByRole("button", { name: "Listen" }).click();
  await expect(page).toHaveURL(/#\/r\/rec_/);
  return /rec_\w+/.exec(page.url())?.[0] ?? "";
}

/** Puts data onto the page as a browser does. */
async function hand(page: Page, event: "paste" | "drop", type: string, data: string, onto = "body") {
  await page.locator(onto).evaluate(
    (target, { event: name, type: kind, data: text }) => {
      const carried = new DataTransfer();
      carried.setData(kind, text);
      const options = { bubbles: true, cancelable: true };
      target.dispatchEvent(
        name === "paste"
          ? new ClipboardEvent("paste", { ...options, clipboardData: carried })
          : new DragEvent("drop", { ...options, dataTransfer: carried }),
      );
    },
    { event, type, data },
  );
}

const overflow = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

test("a pasted link draws its map while it is still being fetched", async ({ page, view }) => {
  test.setTimeout(180_000);
  await page.goto(rig.url);
  await expect(page.getByRole("button", { name: "Try the sample" })).toBeVisible();
  await hand(page, "paste", "text/plain", `Listen to this: ${rig.link("slow")}&feature=shared`);
  await expect(page.locator(".link-understood")).toContainText("YouTube youtube.com/watch?v=rigRIG_rig1");
  await expect(field(page)).toBeFocused();
  await page.keyboard.press("Enter");

  await expect(page).toHaveURL(/#\/r\/rec_/);
  const id = /rec_\w+/.exec(page.url())?.[0] ?? "";
  await expect(page.getByRole("link", { name: /^YouTube/ })).toHaveAttribute("href", rig.link("slow"));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("A walk through the rig", {
    timeout: FETCH_MS,
  });
  await expect(view.status).toContainText(/Fetching [\d.]+ kB of \d+ kB, [\d.]+ kB a second/);
  const prompt = "dog barking";
  await expect(view.status).toContainText(/\d+ %, \d:\d\d of 1:08 heard/, { timeout: FETCH_MS });
  const early = await rig.recording(id);
  expect(early).toMatchObject({ state: "analyzing", arriving: true });
  expect(await view.scoreAt(prompt, 2)).toBeGreaterThanOrEqual(0);
  expect((await rig.recording(id)).arriving, "the map is there before the last byte").toBe(true);
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeDisabled();
  await page.keyboard.press("w");
  const large = page.getByRole("dialog", { name: "Now playing" });
  await expect(
    large.getByRole("button", { name: "Play", exact: true }),
    "nor in the large words",
  ).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(large).toHaveCount(0);
  await expect(page.getByRole("progressbar", { name: "Fetching" })).toBeVisible();

  await view.untilDone(FETCH_MS);
  await expect(page.getByRole("progressbar", { name: "Fetching" })).toHaveCount(0);
  await expect(page.getByText("Rig Channel")).toBeVisible();
  const picture = page.locator(".head-picture");
  expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  await expect(page.locator(".chapter")).toHaveText(["Yard", "Street", "Shore"]);
  await page.locator(".chapter").nth(1).click();
  expect(await view.positionS()).toBe(20);
  await page.getByText("Chapters 3").click();
  await page.getByRole("button", { name: "0:45 Shore" }).click();
  expect(await view.positionS()).toBe(45);
  const there = page.getByRole("link", { name: "Open at 0:45 on YouTube" });
  await expect(there).toHaveAttribute("href", `${rig.link("slow")}&t=45s`);
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeEnabled();
  expect(await violationsInBothThemes(page)).toEqual([]);
});

test("somebody new gets from a pasted link to labels by what the page itself says", async ({
  page,
  view,
}) => {
  test.setTimeout(180_000);
  await page.goto(rig.url);
  await hand(page, "paste", "text/plain", rig.link("quick"));
  await page.getByRole("button", { name: "Listen" }).click();
  await expect(page.getByRole("button", { name: "Export" })).toBeVisible({ timeout: FETCH_MS });
  await view.untilDone(FETCH_MS);
  const words = page.getByLabel("Add a sound to look for");
  await words.fill("church bells ringing; a cock crows");
  await words.press("Enter");
  await expect(view.rows).toContainText(["church bells ringing", "a cock crows"]);
  const moment = view.moments.filter({ hasText: "church bells ringing" }).first();
  await moment.click();
  await page.getByRole("button", { name: "Play this moment" }).click();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Export" }).click();
  const arriving = page.waitForEvent("download");
  await page.getByRole("link", { name: "Audacity labels" }).click();
  const labels = readFileSync(await (await arriving).path(), "utf8")
    .trim()
    .split("\n");
  const rung = labels.filter((line) => line.endsWith("\tchurch bells ringing"));
  expect(rung.length).toBeGreaterThan(0);
  for (const line of labels) expect(line).toMatch(/^\d+\.\d+\t\d+\.\d+\t\S/);
});

test("a link in the page's address waits for a press", async ({ page }) => {
  const before = (await rig.recordings()).length;
  await page.goto(`${rig.url}/?url=${encodeURIComponent(`${rig.link("quick")}#t=0:12`)}`);
  await expect(page.locator(".link-understood")).toContainText("SoundCloud soundcloud.com/rig/morning");
  await expect(page.locator(".link-understood")).toContainText("Press Listen to fetch it");
  await expect(page.getByLabel("Take it from")).toHaveValue("0:12");
  await expect(page.getByLabel("Take it until")).toHaveValue("");
  expect(new URL(page.url()).search).toBe("");
  expect((await rig.recordings()).length).toBe(before);
  expect(await violationsInBothThemes(page)).toEqual([]);

  await page.getByLabel("Take it until").fill("tomorrow");
  await expect(page.getByRole("alert")).toContainText("“tomorrow” is not a time");
  await expect(page.getByRole("button", { name: "Listen" })).toBeDisabled();
  expect(await violations(page)).toEqual([]);
  await page.getByLabel("Take it until").fill("0:05");
  await expect(page.getByRole("alert")).toContainText("after the start");
  await page.getByLabel("Take it until").fill("1m");
  await expect(page.getByRole("button", { name: "Listen" })).toBeEnabled();
  await page.reload();
  await expect(field(page)).toHaveValue("");
});

test("a link that is dropped, or pasted among the prompts, lands in the box", async ({ page }) => {
  await page.goto(rig.url);
  await expect(page.getByRole("button", { name: "Try the sample" })).toBeVisible();
  await hand(page, "drop", "text/uri-list", `# a link\r\n${rig.link("quick")}\r\n`);
  await expect(field(page)).toHaveValue(rig.link("quick"));
  await expect(page.locator(".link-understood")).toContainText("SoundCloud");
  await page.getByRole("button", { name: "Clear the link" }).click();
  await expect(field(page)).toHaveValue("");
  await expect(page.locator(".link-understood")).toHaveCount(0);

  await hand(page, "paste", "text/plain", `see ${rig.link("quick")}`, ".chip-field");
  await expect(field(page)).toHaveValue("");
  await hand(page, "paste", "text/plain", rig.link("quick"), ".chip-field");
  await expect(field(page)).toHaveValue(rig.link("quick"));
  await expect(page.locator(".chip-field")).toHaveValue("");
});

test("what stands in the way is said, with the next step", async ({ page, allowConsole }) => {
  test.setTimeout(240_000);
  allowConsole(REFUSED);
  const problem = page.getByRole("alert");

  await listenTo(page, rig.link("wall"));
  await expect(problem).toContainText("takes this server for a robot", { timeout: FETCH_MS });
  await expect(page.locator(".run-words")).toHaveText("Not fetched");
  const [chosen] = await Promise.all([
    page.waitForEvent("filechooser"),
    problem.getByRole("button", { name: "Upload the file instead" }).click(),
  ]);
  expect(chosen.isMultiple()).toBeDefined();
  await problem.getByRole("button", { name: "About this server" }).click();
  await expect(page.getByRole("dialog")).toContainText("In a data centre");
  await page.keyboard.press("Escape");
  await expect(problem.locator("code")).toBeHidden();
  await problem.getByText("What was said, word for word").click();
  await expect(problem.locator("code")).toContainText("not a bot");
  expect(await violationsInBothThemes(page)).toEqual([]);

  const id = await listenTo(page, rig.link("preview"));
  await expect(problem).toContainText("only as a preview", { timeout: FETCH_MS });
  await expect(problem.getByRole("button", { name: "Try again" })).toHaveCount(0);
  expect((await rig.recording(id)).windows_done, "a preview is not analysed").toBe(0);

  const removed = `${rig.link("wall").slice(0, -4)}none`;
  const gone = await listenTo(page, removed);
  await expect(problem).toContainText("no recording at this address", { timeout: FETCH_MS });
  await problem.getByRole("button", { name: "Change the link" }).click();
  await expect(field(page)).toHaveValue(removed);
  await field(page).fill(rig.link("file"));
  await page.getByRole("button", { name: "Listen" }).click();
  await expect(page.locator(".run-words")).toContainText("Done", { timeout: FETCH_MS });
  const left = await rig.recordings();
  expect(left.map((one) => one.id)).not.toContain(gone);
});

test("a fetch can be cancelled and begun again", async ({ page, view }) => {
  test.setTimeout(180_000);
  const id = await listenTo(page, rig.link("stuck"));
  await expect(view.status).toContainText("heard", { timeout: FETCH_MS });
  await expect(view.status).toContainText("Fetching");
  expect(await violationsInBothThemes(page)).toEqual([]);

  await page.getByRole("link", { name: /SonoTag/ }).click();
  const listed = page.locator(".recent-item").first();
  await expect(listed).toContainText(/fetching, [\d.]+ kB/);
  await listed.getByRole("link").click();

  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(view.status).toHaveText("Cancelled");
  const { x, y } = await view.pointOf("dog barking", 2);
  await page.mouse.move(x, y);
  await expect(view.readout).toContainText("not heard yet");
  await page.getByRole("button", { name: "Fetch again" }).click();
  await expect(page).not.toHaveURL(new RegExp(id));
  await expect(view.status).toContainText("Fetching", { timeout: FETCH_MS });
  await expect.poll(async () => (await rig.recordings()).map((one) => one.id)).not.toContain(id);
  await page.getByRole("button", { name: "Delete recording" }).click();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(page).toHaveURL(/#\/$/);
});

test("with the keyboard alone", async ({ page, view }) => {
  test.setTimeout(180_000);
  await page.goto(rig.url);
  await expect(page.getByRole("button", { name: "Try the sample" })).toBeVisible();
  const reach = async (selector: string) => {
    for (let step = 0; step < 80; step += 1) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    }
    throw new Error(`Tab never reaches ${selector}`);
  };
  await reach(".link-field");
  await page.keyboard.type(rig.link("slow"));
  await expect(page.locator(".link-understood")).toContainText("YouTube");
  await page.keyboard.press("Escape");
  await expect(field(page)).toHaveValue("");
  await page.keyboard.type(rig.link("slow"));
  await expect(page.locator(".link-understood")).toContainText("YouTube");
  await reach("[aria-label='Take it until']");
  await page.keyboard.type("1:00");
  await page.keyboard.press("Shift+Tab");
  await expect(page.getByLabel("Take it from")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#\/r\/rec_/);
  await expect(page.getByText("up to 1:00")).toBeVisible();
  await expect(page.locator(".chapters")).toBeVisible({ timeout: FETCH_MS });
  await reach(".chapters summary");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(await view.positionS()).toBe(20);
  await expect(view.status).toContainText(/of 1:00 heard|all 1:00 heard/, { timeout: FETCH_MS });
});

test("the page says what the server fetches links with, and warns when that is old", async ({ page }) => {
  await page.goto(rig.url);
  await page.getByRole("button", { name: "About this server" }).click();
  const sheet = page.getByRole("dialog", { name: "About this server" });
  await expect(sheet).toContainText("YouTube, SoundCloud, The Rig");
  await expect(sheet).toContainText(/yt-dlp\s*20\d\d\.\d+\.\d+, \d+ days? old/);
  await expect(sheet).toContainText("None. Sites that want one refuse this server.");
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press("Escape");

  await page.route("**/api/system", async (route) => {
    const answer = await route.fetch();
    const system = await answer.json();
    await route.fulfill({ json: { ...system, ytdlp: { ...system.ytdlp, age_days: 45, stale: true } } });
  });
  await page.reload();
  await expect(page.getByText("This server’s yt-dlp is 45 days old.")).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("nothing sticks out and everything can be touched", async ({ page, view, allowConsole }) => {
    test.setTimeout(180_000);
    allowConsole(REFUSED);
    const small = () =>
      [...document.querySelectorAll<HTMLElement>("main button, .head button, summary, .meta-site")]
        .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        .filter((element) => !element.closest("[aria-hidden]"))
        .map((element) => ({
          what: element.ariaLabel ?? element.textContent,
          box: element.getBoundingClientRect(),
        }))
        .filter(({ box }) => box.height < 44 || box.width < 44)
        .map(({ what, box }) => `${what}: ${Math.round(box.width)} x ${Math.round(box.height)}`);
    await page.goto(rig.url);
    await field(page).fill(rig.link("stuck"));
    await expect(page.getByLabel("Take it from")).toBeVisible();
    expect(await page.evaluate(overflow)).toBe(0);
    expect(await page.evaluate(small)).toEqual([]);
    await page.getByRole("button", { name: "Listen" }).tap();
    await expect(view.status).toContainText("heard", { timeout: FETCH_MS });
    expect(await page.evaluate(overflow)).toBe(0);
    await page.getByRole("button", { name: "Cancel" }).tap();
    await expect(page.getByRole("button", { name: "Fetch again" })).toBeVisible();

    await listenTo(page, rig.link("private"));
    await expect(page.getByRole("alert")).toContainText("private", { timeout: FETCH_MS });
    await page.getByText("What was said, word for word").tap();
    expect(await page.evaluate(overflow)).toBe(0);
    expect(await page.evaluate(small)).toEqual([]);
  });
});
