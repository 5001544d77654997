import { resolve } from "node:path";
import { expect, test } from "./fixtures";
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
        const over = await view.pointOf("church bell", 53);
        await page.mouse.move(over.x, over.y);
      }
      await page.waitForLoadState("networkidle");
      await page.waitForTimeout(600);
      await page.screenshot({ path: resolve(DOCS, `screenshot-${name}.png`) });
    });
  });
}

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
