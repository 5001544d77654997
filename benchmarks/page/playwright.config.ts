import { resolve } from "node:path";
import { defineConfig } from "@playwright/test";
import page from "../../frontend/playwright.config";

/** The browser of the tests, one benchmark after the other, with no server of its own. */
export default defineConfig({
  testDir: resolve(__dirname),
  testMatch: "*.bench.ts",
  reporter: [["line"]],
  timeout: 240_000,
  expect: { timeout: 60_000 },
  workers: 1,
  use: { ...page.use, viewport: { width: 1440, height: 900 } },
});
