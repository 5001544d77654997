import type { Page } from "@playwright/test";
import { expect } from "./fixtures";

interface Hovering {
  drop: () => Promise<void>;
}

/** Drags files over a page that can be seen, and holds them there. */
export async function dragOver(page: Page, files: Array<{ name: string; bytes: Buffer }>): Promise<Hovering> {
  // Nobody drags onto a page that is not there yet, and such a page does not listen.
  await expect(page.getByRole("link", { name: /SonoTag/ })).toBeVisible();
  const dataTransfer = await page.evaluateHandle(
    (given) => {
      const data = new DataTransfer();
      for (const { name, encoded } of given) {
        const content = Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0));
        data.items.add(new File([content], name, { type: "audio/wav" }));
      }
      return data;
    },
    files.map(({ name, bytes }) => ({ name, encoded: bytes.toString("base64") })),
  );
  await page.dispatchEvent("body", "dragenter", { dataTransfer });
  return { drop: () => page.dispatchEvent("body", "drop", { dataTransfer }) };
}
