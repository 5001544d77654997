import { expect, test } from "./fixtures";
import { prefixProxy } from "./prefix-proxy";

test("the page works under a path prefix: assets, API, audio and socket", async ({ page, view, baseURL }) => {
  const proxy = await prefixProxy(baseURL ?? "", "/tools/sonotag");
  try {
    await page.goto(proxy.url);
    await page.getByRole("button", { name: "Try the sample" }).click();
    await view.untilDone();
    expect(page.url()).toMatch(/\/tools\/sonotag\/#\/r\/rec_/);
    await expect(view.moments.first()).toBeVisible();
    await page.reload();
    await view.untilDone();
    await page.getByRole("button", { name: "Play", exact: true }).click();
    await expect.poll(() => view.positionS(), { timeout: 15_000 }).toBeGreaterThan(0.3);
  } finally {
    await page.goto("about:blank");
    proxy.close();
  }
});
