import { resolve } from "node:path";
import { expect, test } from "./fixtures";

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
