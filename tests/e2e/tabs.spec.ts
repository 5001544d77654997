import { expect, test } from "./fixtures";
import { RecordingView } from "./recording-view";

test("what is judged in one tab is seen in another at once, and what is hidden stays so", async ({
  page,
  view,
  context,
}) => {
  const { id } = (await (await page.request.post("/api/sample")).json()) as { id: string };
  const prompts = ["dog barking", "church bell", "rain"];
  await page.request.post("/analyze", { data: { recording_id: id, prompts } });
  await page.goto(`/#/r/${id}`);
  await view.untilDone();
  const other = await context.newPage();
  await other.goto(page.url());
  await new RecordingView(other).untilDone();
  const bellIn = (tab: typeof page) => tab.locator(".moment-line").filter({ hasText: "church bell" }).first();
  await expect(bellIn(other)).toBeVisible();

  // Nobody looks at the other tab or comes back to it: it hears of it by itself.
  await bellIn(page).locator(".moment").focus();
  await page.keyboard.press("x");
  await expect(bellIn(other)).toHaveAttribute("data-verdict", "rejected");
  await page.keyboard.press("Control+z");
  await expect(bellIn(other)).not.toHaveAttribute("data-verdict", /./);
  await bellIn(other).locator(".moment").focus();
  await other.keyboard.press("a");
  await expect(bellIn(page)).toHaveAttribute("data-verdict", "accepted");
  await other.close();

  const count = await view.moments.count();
  await bellIn(page).locator(".moment").focus();
  await page.keyboard.press("Delete");
  await expect(view.moments).toHaveCount(count - 1);
  await page.reload();
  await expect(page.getByRole("button", { name: "Show 1 hidden" })).toBeVisible();
  await expect(view.moments).toHaveCount(count - 1);
  await page.getByRole("button", { name: "Show 1 hidden" }).click();
  await expect(view.moments).toHaveCount(count);
  await page.reload();
  await expect(view.moments).toHaveCount(count);
});
