import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "@playwright/test";

test("the page's JavaScript is below 200 kB gzipped", () => {
  const assets = resolve(__dirname, "../../frontend/dist/assets");
  const scripts = readdirSync(assets).filter((name) => name.endsWith(".js"));
  expect(scripts.length).toBeGreaterThan(0);
  const bytes = scripts.reduce((total, name) => total + gzipSync(readFileSync(join(assets, name))).length, 0);
  expect(bytes).toBeLessThan(200_000);
});
