import { readFileSync } from "node:fs";
import { violations } from "./axe";
import { expect, test } from "./fixtures";

const OWN = ["dog barking", "church bell", "rain"];

test("a list is looked at, added as far as the model knows it, and taken back in one step", async ({
  page,
  view,
  sampleId,
}) => {
  await view.open(sampleId);
  await page.getByRole("button", { name: "Lists", exact: true }).click();
  const sheet = page.getByRole("dialog", { name: "Lists of sounds" });
  await sheet.getByRole("button", { name: /Music and instruments/ }).click();
  const line = sheet.getByText(/\d+ of \d+ are known to this model/);
  await expect(line).toBeVisible();
  const [, known, all] = /(\d+) of (\d+)/.exec((await line.textContent()) ?? "") ?? [];
  expect(Number(all)).toBeGreaterThanOrEqual(40);
  await expect(sheet.locator(".lists-words li")).toHaveCount(Number(all));
  await expect(sheet.locator(".lists-words li[data-covered=true]")).toHaveCount(Number(known));
  expect(await violations(page)).toEqual([]);
  await sheet.getByRole("button", { name: `Add ${known} rows` }).click();
  await expect(sheet).toBeHidden();
  await expect.poll(async () => (await view.prompts()).length).toBe(OWN.length + Number(known));
  await expect(page.locator(".rescored")).toContainText(/Re-scored in \d/);
  await expect(view.rows.getByText("not covered")).toHaveCount(0);
  await page.keyboard.press("Control+z");
  await expect.poll(() => view.prompts()).toEqual(OWN);

  await page.getByRole("button", { name: "Lists", exact: true }).click();
  await sheet.getByRole("button", { name: /Sports/ }).click();
  await sheet.getByLabel("Leave out the others").uncheck();
  await sheet.getByRole("button", { name: "Put in place of mine" }).click();
  await expect.poll(async () => (await view.prompts()).length).toBeGreaterThan(30);
  const told = page.locator(".unknown-rows");
  await expect(told, "one line for all of them").toContainText(/4 of 36 rows are known/);
  await told.getByRole("button").click();
  await expect.poll(async () => (await view.prompts()).length).toBe(4);
});

test("a list of one's own is kept, renamed, deleted and brought back, and goes out as link and file", async ({
  page,
  context,
  view,
  sampleId,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`/#/r/${sampleId}?p=dog+barking+|+puppy&p=rain&r=0.3c2~rain`);
  await expect(view.moments.first()).toBeVisible();
  await page.getByRole("button", { name: "Lists", exact: true }).click();
  const sheet = page.getByRole("dialog", { name: "Lists of sounds" });
  await sheet.getByLabel("Name for a list of the present rows").fill("Shore");
  await sheet.getByRole("button", { name: "Keep as a list" }).click();
  await expect(sheet.getByText("Kept as Shore.")).toBeVisible();
  await sheet.getByRole("button", { name: "Rename" }).click();
  await sheet.getByLabel("New name of Shore").fill("House by the sea");
  await sheet.getByRole("button", { name: "Rename" }).click();
  await expect(sheet.getByRole("heading", { name: "House by the sea" })).toBeVisible();
  await sheet.getByRole("button", { name: "Copy link" }).click();
  await expect(sheet.getByText("The link is on the clipboard.")).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());

  const saving = page.waitForEvent("download");
  await sheet.getByRole("button", { name: "Save file" }).click();
  const file = await (await saving).path();
  expect(JSON.parse(readFileSync(file, "utf8")).lists).toEqual([
    {
      name: "House by the sea",
      rows: [{ prompt: "dog barking | puppy" }, { prompt: "rain", threshold: 0.3, colour: 2 }],
    },
  ]);
  await sheet.getByRole("button", { name: "Delete House by the sea" }).click();
  await expect(sheet.getByText("Deleted House by the sea.")).toBeVisible();
  await expect(sheet.getByRole("button", { name: /House by the sea/ })).toHaveCount(0);
  await sheet.getByRole("button", { name: "Undo" }).click();
  await expect(sheet.getByRole("button", { name: /^House by the sea/ })).toBeVisible();

  const picker = sheet.getByLabel("File of lists");
  await picker.setInputFiles({ name: "x.json", mimeType: "application/json", buffer: Buffer.from("{}") });
  await expect(sheet.getByText("That file holds no lists of SonoTag.")).toBeVisible();
  await picker.setInputFiles(file);
  await expect(sheet.getByText("Took House by the sea 2.")).toBeVisible();
  await sheet.getByRole("button", { name: "Put in place of mine" }).click();
  await expect.poll(() => view.prompts()).toEqual(["dog barking | puppy", "rain"]);

  const other = await (await page.context().browser()?.newContext())?.newPage();
  if (!other) throw new Error("no second browser");
  await other.goto(link);
  const offered = other.getByRole("region", { name: "A list for you" });
  await expect(offered).toContainText("2 sounds: dog barking | puppy, rain");
  await offered.getByRole("button", { name: "Keep the list" }).click();
  await expect(offered).toContainText("Kept as House by the sea.");
  await offered.getByRole("button", { name: "Look for these" }).click();
  await expect(other.locator(".chip-held > span")).toHaveText(["dog barking | puppy", "rain"]);
  await other.reload();
  await expect(other.getByRole("button", { name: "House by the sea", exact: true })).toBeVisible();
  await other.evaluate(() => localStorage.setItem("sonotag.lists", '{"version": 1, "value": [{"name": 3}]}'));
  await other.reload();
  await other.getByRole("button", { name: "All lists" }).click();
  await expect(other.getByText("cannot be read. They are set aside.")).toBeVisible();
  await other.context().close();
});
