import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";

interface Manifest {
  share_target: { action: string; method: string; params: Record<string, string> };
}

/** Where a phone goes when something is shared with the installed page. */
async function sharedAddress(page: Page, shared: Record<string, string>): Promise<string> {
  await page.goto("/");
  const { manifest, base } = await page.evaluate(async () => {
    const link = document.querySelector<HTMLLinkElement>("link[rel=manifest]");
    return { manifest: (await (await fetch(link?.href ?? "")).json()) as Manifest, base: link?.href ?? "" };
  });
  const { action, method, params } = manifest.share_target;
  expect(method).toBe("GET");
  const address = new URL(action, base);
  for (const [part, name] of Object.entries(params)) address.searchParams.set(name, shared[part] ?? "");
  return address.href;
}

test("a link that a phone shares with the installed page is in the box, and is fetched when asked for", async ({
  page,
}) => {
  const text = "Dawn by the sea https://youtu.be/aqz-KE-bpKQ?t=90.";
  const address = await sharedAddress(page, { title: "Dawn by the sea", text });
  const asked: string[] = [];
  page.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await page.goto(address);
  await expect(page.getByRole("textbox", { name: "Link to a recording" })).toHaveValue(
    "https://youtu.be/aqz-KE-bpKQ?t=90",
  );
  await expect(page.getByRole("button", { name: "Listen" })).toBeEnabled();
  expect(new URL(page.url()).search, "a reload does not bring it back").toBe("");
  expect(asked).not.toContain("POST /download_youtube");
});
