import { defineConfig } from "@playwright/test";

/** A browser of the system; nothing is downloaded, and it makes no calls of its own. */
const launchOptions = {
  executablePath: process.env.CHROME_PATH ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
  ],
};

export default defineConfig({
  testDir: "../tests/e2e",
  outputDir: "./test-results",
  globalSetup: "../tests/e2e/global-setup.ts",
  reporter: [["list"]],
  timeout: 90_000,
  globalTimeout: 20 * 60_000,
  expect: { timeout: 15_000 },
  fullyParallel: false,
  // Of two processors a browser that is built without windows leaves enough for three files at a time.
  workers: launchOptions.executablePath.includes("headless") ? 3 : 2,
  forbidOnly: true,
  // On a shared machine a second try tells a moment of load from a defect; the list names what needed one.
  retries: process.env.CI ? 1 : 0,
  use: {
    browserName: "chromium",
    launchOptions,
    viewport: { width: 1280, height: 800 },
    colorScheme: "dark",
    // Each test has a browser of its own, which need not keep the page; offline.spec.ts allows it.
    serviceWorkers: "block",
    trace: "off",
  },
  projects: [
    { name: "page", testMatch: "*.spec.ts" },
    { name: "screenshots", testMatch: "screenshots.ts" },
  ],
});
