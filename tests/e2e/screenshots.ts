import { resolve } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import type { RecordingView } from "./recording-view";
import { RigServer } from "./rig";

const DOCS = resolve(__dirname, "../../docs");

for (const { name, colorScheme, width, height, phone } of [
  { name: "dark", colorScheme: "dark", width: 1440, height: 900, phone: false },
  { name: "light", colorScheme: "light", width: 1440, height: 900, phone: false },
  { name: "phone", colorScheme: "dark", width: 390, height: 844, phone: true },
] as const) {
  test.describe(name, () => {
    test.use({
      colorScheme,
      viewport: { width, height },
      ...(phone ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {}),
    });

    test(`docs/screenshot-${name}.png`, async ({ page, view }) => {
      await page.goto("/");
      await page.getByRole("button", { name: "Try the sample" }).click();
      await view.untilDone();
      await expect(view.moments.first()).toBeVisible();
      const { x, y } = await view.pointOf("baby crying", 25.5);
      if (phone) await page.touchscreen.tap(x, y);
      else await page.mouse.click(x, y);
      if (!phone) {
        // Where the read-out covers none of the sounds.
        const over = await view.pointOf("church bell", 48.5);
        await page.mouse.move(over.x, over.y);
      }
      await page.waitForLoadState("networkidle");
      await page.waitForTimeout(600);
      await page.screenshot({ path: resolve(DOCS, `screenshot-${name}.png`) });
    });
  });
}

test.describe("what is made of a recording", () => {
  test.use({ viewport: { width: 1280, height: 760 } });

  async function openSample(page: Page, view: RecordingView): Promise<void> {
    await page.goto("/");
    await page.getByRole("button", { name: "Try the sample" }).click();
    await view.untilDone();
    await expect(view.moments.first()).toBeVisible();
  }

  async function shoot(page: Page, name: string): Promise<void> {
    await page.waitForLoadState("networkidle");
    await page.waitForTimeout(600);
    await page.screenshot({ path: resolve(DOCS, `images/${name}.png`) });
  }

  test("docs/images/inspector.png", async ({ page, view }) => {
    await openSample(page, view);
    const { x, y } = await view.pointOf("church bell", 51);
    await page.mouse.click(x, y);
    await page.keyboard.press("i");
    await expect(page.getByRole("region", { name: "Why, why not" })).toContainText("Counted.");
    await shoot(page, "inspector");
  });

  test.describe("in daylight", () => {
    test.use({ colorScheme: "light" });

    test("docs/images/moments.png and statistics.png", async ({ page, view }) => {
      await openSample(page, view);
      const moment = (words: string) => view.moments.filter({ hasText: words }).first().click();
      await moment("0:10.0");
      await page.getByRole("button", { name: "Reject" }).click();
      await moment("clock ticking");
      await page.getByRole("slider", { name: "End of clock ticking" }).focus();
      await page.keyboard.press("ArrowRight");
      await moment("dog barking");
      await page.getByRole("button", { name: "Accept" }).click();
      await page.mouse.move(0, 0);
      await page.locator(".moments-list").evaluate((list) => list.scrollBy(0, -40));
      await shoot(page, "moments");
      await page.getByRole("tab", { name: "Statistics" }).click();
      await expect(page.locator(".statistics .histogram").first()).toBeVisible();
      await shoot(page, "statistics");
    });

    test("docs/images/design.png", async ({ page }) => {
      await page.goto("/design");
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await shoot(page, "design");
    });
  });

  test.describe("in German", () => {
    test.use({ locale: "de-DE" });

    test("docs/images/german.png", async ({ page, view }) => {
      await page.goto("/");
      await page.getByRole("button", { name: "Beispiel probieren" }).click();
      await expect(view.status).toContainText("Fertig", { timeout: 60_000 });
      await view.moments.filter({ hasText: "dog barking" }).first().click();
      await page.keyboard.press("i");
      await expect(page.getByRole("region", { name: "Warum, warum nicht" })).toContainText("Gezählt.");
      await page.mouse.move(0, 0);
      await page.locator(".moment[data-chosen]").scrollIntoViewIfNeeded();
      await shoot(page, "german");
    });
  });
});

test.describe("link", () => {
  const rig = new RigServer();
  test.use({ colorScheme: "light", viewport: { width: 1280, height: 800 } });
  test.beforeAll(() => rig.start());
  test.afterAll(() => rig.remove());

  test("docs/images/link.png", async ({ page, view }) => {
    test.setTimeout(180_000);
    await page.goto(rig.url);
    await page.getByLabel("Link to a recording").fill(rig.link("slow"));
    await page.getByRole("button", { name: "Listen" }).click();
    await expect(view.status).toContainText(/[34]\d %,/, { timeout: 60_000 });
    await expect(view.moments.nth(4)).toBeVisible();
    await page.screenshot({ path: resolve(DOCS, "images/link.png") });
    await expect(page.getByRole("progressbar", { name: "Fetching" })).toBeVisible();
  });
});
