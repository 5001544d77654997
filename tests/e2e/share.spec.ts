import { readFileSync } from "node:fs";
import { violationsInBothThemes } from "./axe";
import { expect, test } from "./fixtures";

/** Width and height as a PNG's header has them. */
function pngSize(file: Buffer): { width: number; height: number } {
  expect(file.subarray(1, 4).toString()).toBe("PNG");
  return { width: file.readUInt32BE(16), height: file.readUInt32BE(20) };
}

test("a link holds time, view, selection, prompts and thresholds, and brings another page to all of them", async ({
  page,
  context,
  view,
  sampleId,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await view.open(sampleId);
  const { x, y } = await view.pointOf("church bell", 51);
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, -500);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("[");
  const meter = page.getByRole("slider", { name: "Threshold of church bell" });
  await meter.focus();
  await page.keyboard.press("Shift+ArrowRight");
  await page.getByRole("button", { name: "Mute rain" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Score a moment must reach").fill("0.4");
  const shown = await view.shownS();

  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: /Copy link/ }).click();
  await expect(page.getByText("The link is on the clipboard.")).toBeVisible();
  expect(await violationsInBothThemes(page)).toEqual([]);
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await expect(page, "the address says the same").toHaveURL(/th=0\.4/);

  const other = await context.newPage();
  await other.goto(link);
  await expect(other.locator(".run-words")).toContainText("Done");
  await expect(other.getByRole("slider", { name: "Threshold of church bell" })).toHaveAttribute(
    "aria-valuenow",
    "0.6",
  );
  await expect(other.getByRole("button", { name: "Mute rain" })).toHaveAttribute("aria-pressed", "true");
  await expect(other.getByLabel("Score a moment must reach")).toHaveValue("0.4");
  await expect(other.getByRole("slider", { name: "Playhead" })).toHaveAttribute("aria-valuenow", "5");
  await expect(other.getByRole("region", { name: /Selection/ })).toContainText("0:05.0 to");
  await expect
    .poll(async () => {
      const text = (await other.locator(".stage-scroll").getAttribute("data-shown-s")) ?? "";
      return text.split(" ").map((part) => Math.round(Number(part) * 10) / 10);
    })
    .toEqual([shown.startS, shown.endS].map((timeS) => Math.round(timeS * 10) / 10));
  await other.close();
});

test("the view is saved as a picture for print, and the moments go out as text", async ({
  page,
  context,
  view,
  sampleId,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await view.open(sampleId);
  await page.getByRole("button", { name: "Share" }).click();
  const arriving = page.waitForEvent("download");
  await page.getByRole("button", { name: /Save picture/ }).click();
  const download = await arriving;
  expect(download.suggestedFilename()).toMatch(/0\.00 to 1\.0\d\.png$/);
  const file = readFileSync(await download.path());
  const { width, height } = pngSize(file);
  expect(width).toBe(3600);
  expect(height).toBeGreaterThan(1000);
  // The row of the bell is bright where it rings and dark elsewhere, on paper as on the screen.
  const bell = (await view.spokenMoments("church bell"))[0];
  const light = await page.evaluate(
    async ({ bytes, at, rows }) => {
      const image = await createImageBitmap(new Blob([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))]));
      const copy = new OffscreenCanvas(image.width, image.height).getContext("2d", {
        willReadFrequently: true,
      });
      if (!copy) throw new Error("no canvas");
      copy.drawImage(image, 0, 0);
      const [left, right] = [210 * 3, (1200 - 32) * 3];
      const y = image.height - (54 + (rows - 1.5) * 30) * 3;
      return at.map((share: number) => {
        const [r, g, b] = copy.getImageData(left + share * (right - left), y, 1, 1).data;
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      });
    },
    {
      bytes: file.toString("base64"),
      at: [(bell.onsetS + bell.offsetS) / 2 / (await view.durationS()), 0.05],
      rows: 3,
    },
  );
  expect(light[0]).toBeGreaterThan(120);
  expect(light[1]).toBeLessThan(80);

  const drawing = page.waitForEvent("download");
  await page.getByRole("button", { name: /Save drawing/ }).click();
  const svg = readFileSync(await (await drawing).path(), "utf8");
  const drawn = await page.evaluate((text) => {
    const root = new DOMParser().parseFromString(text, "image/svg+xml");
    const names = [...root.querySelectorAll("g")].map((group) => group.getAttribute("aria-label"));
    const colours = [...root.querySelectorAll("g[aria-label='church bell'] path")];
    const cells = colours.flatMap((path) => path.getAttribute("d")?.match(/M/g) ?? []).length;
    return { wrong: root.querySelector("parsererror")?.textContent, names, colours: colours.length, cells };
  }, svg);
  expect(drawn.wrong).toBeUndefined();
  expect(drawn.names).toEqual(["Level", "Spectrum", "Time", "dog barking", "church bell", "rain"]);
  // Cells of one colour are one path: a bell that is well known has few colours.
  expect(drawn.colours).toBeGreaterThan(4);
  expect(drawn.cells).toBeGreaterThan(10);
  expect(svg.length).toBeLessThan(1_500_000);

  await page.getByRole("button", { name: /Copy moments/ }).click();
  await expect(page.getByText("The list is on the clipboard.")).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text.split("\n").filter((line) => / to .*\(0\.\d\d\)|\(1\.00\)/.test(line)).length).toBe(
    await view.moments.count(),
  );
});
