import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "@playwright/test";

const built = resolve(process.env.SONOTAG_PAGE_DIR ?? resolve(__dirname, "../../frontend/dist"));
const packedBytes = (files: Iterable<string>) =>
  [...files].reduce((total, file) => total + gzipSync(readFileSync(join(built, file))).length, 0);

test("the JavaScript that a page begins with is below 180 kB gzipped, and all there is below 220 kB", () => {
  const text = readFileSync(join(built, "index.html"), "utf8");
  const named = new Set(text.match(/assets\/[\w-]+\.js/g));
  const half = (name: string) => [...named].filter((file) => !file.includes(name));
  expect([...named].join(" ")).toMatch(/HomePage-.*RecordingRoute-|RecordingRoute-.*HomePage-/);
  expect(packedBytes(half("HomePage")), "of a recording").toBeLessThan(180_000);
  expect(packedBytes(half("RecordingRoute")), "of the start").toBeLessThan(140_000);
  const scripts = readdirSync(join(built, "assets")).filter((name) => name.endsWith(".js"));
  expect(packedBytes(scripts.map((name) => `assets/${name}`)), "in every language").toBeLessThan(220_000);
});
