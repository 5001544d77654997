import { violations } from "./axe";
import { expect, test } from "./fixtures";

test("on the empty page semicolons make chips and commas stay in them", async ({ page }) => {
  await page.goto("/");
  const field = page.getByLabel("Sounds to look for").and(page.locator("input"));
  await field.pressSequentially("dog barking; a bell, far away; rain");
  const chips = page.locator(".chip-held span");
  await expect(chips).toHaveText(["dog barking", "a bell, far away"]);
  await field.press("Enter");
  await expect(chips).toHaveText(["dog barking", "a bell, far away", "rain"]);
  await field.press("Backspace");
  await expect(field).toHaveValue("rain");
  await field.press("Enter");
  await page.getByRole("button", { name: "Remove dog barking" }).click();
  await expect(chips).toHaveText(["a bell, far away", "rain"]);
  await page.reload();
  await expect(chips).toHaveText(["a bell, far away", "rain"]);
  await page.getByRole("button", { name: "Nature and animals" }).click();
  await expect(chips.first()).toHaveText("dog barking");
});

test("what comes late to the start page moves nothing that is about to be pressed", async ({ page }) => {
  let come = (): void => undefined;
  const wanted = new Promise<void>((resolve) => {
    come = resolve;
  });
  await page.route(/\/api\/presets/, async (route) => {
    await wanted;
    await route.continue();
  });
  await page.goto("/");
  const listen = page.getByRole("button", { name: "Listen" });
  await expect(listen).toBeVisible();
  const before = await listen.boundingBox();
  come();
  await expect(page.getByRole("button", { name: "Office" })).toBeVisible();
  expect(await listen.boundingBox()).toEqual(before);
});

test("a prompt the model does not know is hatched, says so, and can be replaced", async ({
  page,
  view,
  sampleId,
}) => {
  await view.open(sampleId);
  const analyses: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/analyze")) analyses.push(request.url());
  });
  const field = page.getByLabel("Add a sound to look for");
  await field.fill("quantum flux; a dog barks, loudly");
  await field.press("Enter");
  expect(await view.prompts()).toEqual([
    "dog barking",
    "church bell",
    "rain",
    "quantum flux",
    "a dog barks, loudly",
  ]);
  await expect(page).toHaveURL(/p=quantum/);

  const row = view.rows.filter({ hasText: "quantum flux" });
  await expect(row.getByText("not covered")).toBeVisible();
  await expect(page.getByText("1 not covered").or(page.getByText("2 not covered"))).toBeVisible();
  const { x, y } = await view.pointOf("quantum flux", 60);
  await page.mouse.move(x, y);
  await expect(view.readout).toContainText("not covered by this model");
  await expect(page.getByRole("table").getByRole("row", { name: /quantum flux/ })).toContainText(
    "not covered",
  );

  const dog = await view.scoreAt("dog barking", 15);
  await view.rows
    .filter({ hasText: "quantum flux" })
    .getByRole("button", { name: "quantum flux, change" })
    .click();
  const editor = page.getByLabel("Change quantum flux");
  await editor.fill("thunder");
  await editor.press("Enter");
  await expect(view.rows.filter({ hasText: "quantum flux" })).toHaveCount(0);
  expect(await view.prompts()).toContain("thunder");
  await expect.poll(() => view.scoreAt("thunder", 61).catch(() => -1)).toBeGreaterThanOrEqual(0);
  expect(await view.scoreAt("dog barking", 15)).toBe(dog);
  expect(analyses).toEqual([]);

  await page.reload();
  await expect(view.status).toContainText("Done");
  expect(await view.prompts()).toContain("thunder");
});

test("the nearest known sounds are one click away", async ({ page, view, sampleId }) => {
  await view.open(sampleId);
  const field = page.getByLabel("Add a sound to look for");
  await field.fill("rope creaking");
  await field.press("Enter");
  const offers = page.getByRole("button", { name: /instead of rope creaking/ });
  await expect(offers.first()).toBeVisible();
  const label = await offers.first().innerText();
  await offers.first().click();
  await expect(view.rows.filter({ hasText: "rope creaking" })).toHaveCount(0);
  expect(await view.prompts()).toContain(label);
});

test("a removed prompt takes its row and its moments with it", async ({ page, view, sampleId }) => {
  await view.open(sampleId);
  await view.rows.filter({ hasText: "rain" }).hover();
  await page.getByRole("button", { name: "Remove rain" }).click();
  expect(await view.prompts()).toEqual(["dog barking", "church bell"]);
  await expect(view.moments.filter({ hasText: "rain" })).toHaveCount(0);
  await page.getByLabel("Score a moment must reach").fill("0.95");
  await expect(page.getByText("above 0.95", { exact: true })).toBeVisible();
});

test("suggestions are walked by keyboard and say what the model knows", async ({ page, view, sampleId }) => {
  await view.open(sampleId);
  const field = page.getByRole("combobox", { name: "Add a sound to look for" });
  await field.pressSequentially("cry ba");
  const options = page.getByRole("listbox", { name: "Suggestions" }).getByRole("option");
  await expect(options.first()).toContainText("baby crying");
  await expect(options.first()).toContainText("known");
  await expect(field).toHaveAttribute("aria-expanded", "true");
  await field.press("ArrowDown");
  await expect(options.first()).toHaveAttribute("aria-selected", "true");
  await expect(field).toHaveAttribute(
    "aria-activedescendant",
    (await options.first().getAttribute("id")) ?? "",
  );
  expect(await violations(page)).toEqual([]);
  await field.press("Enter");
  await expect.poll(() => view.prompts()).toContain("baby crying");
  await expect(field).toHaveValue("");
  await expect(options).toHaveCount(0);

  await field.pressSequentially("thundr");
  await expect(options.first(), "one letter is forgiven").toContainText("thunder");
  await field.press("Escape");
  await expect(options).toHaveCount(0);
  await expect(field).toBeFocused();
  await field.fill("flumph");
  await expect(page.getByText("This model does not know “flumph”.")).toBeVisible();
  await field.fill("music | thun");
  await options.first().click();
  await expect(field, "a wording is completed, and there may be more").toHaveValue("music | thunder");
  await field.press("Enter");
  await expect.poll(() => view.prompts()).toContain("music | thunder");
  await field.pressSequentially("baby");
  await expect(page.getByRole("option", { name: /baby crying/ }), "it is a row already").toHaveCount(0);
});
