import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { violations } from "./axe";
import { expect, test } from "./fixtures";
import { ROOT, Server } from "./server";

/** Reads 790 MB of weights, on however busy a machine. */
const LOAD_MS = 240_000;

test("FLAM takes over once its weights are there, and a recording heard before can be heard again", async ({
  page,
  view,
}) => {
  test.setTimeout(2 * LOAD_MS);
  page.setDefaultTimeout(20_000);
  // What runs it fastest is neither made nor tried out here, which takes both processors for a minute: `tests/openflam`
  // does that.
  const server = new Server({
    SONOTAG_SHARED_LIBRARY: "true",
    SONOTAG_ENGINE: "torch",
    SONOTAG_PRECISION: "float32",
  });
  await server.start();
  try {
    await page.goto(server.url);
    await page.getByRole("button", { name: "Try the sample" }).click();
    await view.untilDone();
    const before = await view.scoreAt("dog barking", 2);

    await page.getByRole("button", { name: /^Models: Built-in tagger/ }).click();
    const flam = page.getByRole("region", { name: "FLAM" });
    await expect(flam).toContainText("not on this server");
    await expect(flam).toContainText("non-commercial research only");
    await expect(flam).toContainText("open_flam_oct17.pth");
    const download = flam.getByRole("button", { name: "Download FLAM" });
    await expect(download).toBeDisabled();
    expect(await violations(page)).toEqual([]);

    // Both files, as somebody without a network puts them there; what is there is not fetched.
    execFileSync(
      join(ROOT, ".venv/bin/python"),
      ["-m", "tests.openflam.place", join(server.dataDir, "models", "flam")],
      { cwd: ROOT },
    );
    await flam.getByRole("checkbox", { name: "I accept this licence" }).check();
    await download.click();
    await expect(flam).toContainText("used for new analyses", { timeout: LOAD_MS });
    await expect(flam).toContainText("every 0.3125 s");
    await page.getByRole("button", { name: "Close" }).click();

    await expect(page.getByText("heard by Built-in tagger")).toBeVisible();
    expect(await view.scoreAt("dog barking", 2)).toBe(before);
    await page.getByRole("button", { name: "Analyse again with FLAM" }).click();
    await expect(page.getByRole("button", { name: "Analyse again with FLAM" })).toHaveCount(0);
    await view.untilDone(LOAD_MS);
    await expect(page.getByText("heard by")).toHaveCount(0);
    const id = /rec_\w+/.exec(page.url())?.[0];
    const recording = await (await fetch(`${server.url}/api/recordings/${id}`)).json();
    expect(recording).toMatchObject({ state: "done", model: "flam", seconds_per_frame: 0.3125 });
    // Other numbers from another model, and any words are heard: the weights mean nothing, the path is the real one.
    expect(await view.scoreAt("dog barking", 2)).not.toBe(before);
    const field = page.getByLabel("Add a sound to look for");
    await field.fill("a crowd laughing");
    await field.press("Enter");
    await expect(view.rows).toContainText(["a crowd laughing"]);
    await expect(page.getByText("not covered")).toHaveCount(0);
    await expect(async () => {
      expect(await view.scoreAt("a crowd laughing", 2)).toBeGreaterThan(0);
    }).toPass({ timeout: 20_000 });
  } finally {
    await page.goto("about:blank");
    await server.remove();
  }
});
