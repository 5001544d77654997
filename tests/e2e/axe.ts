import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** What axe-core has against the page as it stands, in words that a failed test can show. */
export async function violations(page: Page): Promise<string[]> {
  // A colour on its way from one theme's to the other's is neither's: only the ends are promised to be legible.
  // A progress bar may grow all the while.
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every((one) => !(one instanceof CSSTransition && one.transitionProperty.endsWith("color"))),
  );
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`),
  );
}

/** The same in the theme on show and, by the page's own button, in the other. */
export async function violationsInBothThemes(page: Page): Promise<string[]> {
  const button = page.getByRole("button", { name: /(Light|Dark) theme/ });
  const found = await violations(page);
  await button.click();
  found.push(...(await violations(page)));
  await button.click();
  return found;
}
