/**
 * Makes the icons of the installed page from public/icon.svg: `npm run icons`. The results are committed; the sign
 * seldom changes, and a build needs no browser.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { chromium } from "@playwright/test";

const PUBLIC = new URL("../public/", import.meta.url);
const SIGN = readFileSync(new URL("icon.svg", PUBLIC), "utf8");
/** Systems cut icons to circles and drops: what counts lies within four fifths of a maskable one. */
const SAFE = 0.72;

const BARS = /<g>.*<\/g>/s.exec(SIGN)?.[0];
const GROUND = /<rect[^>]*fill="(#[0-9a-f]{6})"/.exec(SIGN)?.[1];
if (!BARS || !GROUND) throw new Error("icon.svg has no ground and no bars");

const filled = (share: number) => {
  const margin = 16 * (1 - share);
  const place = `translate(${margin} ${margin}) scale(${share})`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" fill="${GROUND}"/><g transform="${place}">${BARS}</g></svg>`;
};

const ICONS = [
  { name: "icon-192.png", size: 192, svg: SIGN },
  { name: "icon-512.png", size: 512, svg: SIGN },
  { name: "icon-maskable-512.png", size: 512, svg: filled(SAFE) },
  { name: "apple-touch-icon.png", size: 180, svg: filled(0.86) },
];

const browser = await chromium.launch({
  executablePath: process.env.CHROME_PATH ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage();
for (const { name, size, svg } of ICONS) {
  await page.setViewportSize({ width: size, height: size });
  const image = `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
  await page.setContent(`<body style="margin:0"><img src="${image}" width="${size}" height="${size}">`);
  await page.locator("img").evaluate((element: HTMLImageElement) => element.decode());
  writeFileSync(new URL(name, PUBLIC), await page.screenshot({ omitBackground: true }));
}
await browser.close();
