import type { Page } from "@playwright/test";
import { de } from "../../frontend/src/i18n/de";
import { en } from "../../frontend/src/i18n/en";

/** Stands for a number or a name in a text that is made of them; a catalogue groups the digits of a number. */
const SAMPLE = "7000.5";
/** With fewer letters of its own than these a text could be anything: "3:02 to 3:04" says nothing of a language. */
const LEAST_LETTERS = 4;

type Maker = (...values: unknown[]) => unknown;

/** Texts of a catalogue by their paths. */
function textsOf(value: unknown, path = ""): Array<[string, string]> {
  if (typeof value === "string") return [[path, value.trim()]];
  if (typeof value === "function") return textsOf(made(value as Maker), path);
  return Object.entries(value as object).flatMap(([key, inner]) => textsOf(inner, `${path}.${key}`));
}

/** A string will do for a number; where it will not do for a list, that place is given one. */
function made(make: Maker): unknown {
  const values: unknown[] = Array.from({ length: make.length }, () => SAMPLE);
  for (let place = 0; ; place += 1) {
    try {
      return make(...values);
    } catch (error) {
      if (place >= values.length) throw error;
      values[place] = [SAMPLE];
    }
  }
}

/** What matches a text, whatever numbers and names are in it. */
function patternOf(text: string): string {
  const literal = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const number = "7,000\\.5";
  const name = "7000\\.5";
  const filled = literal
    .replaceAll(number, "[\\d.,]+")
    .replaceAll(name, ".+")
    .replace(/\\\{\w+\\\}/g, ".*");
  return `^${filled}$`;
}

const german = new Map(textsOf(de));
const germanTexts = new Set(german.values());

/** Patterns of all English texts that say something else than German does, by their paths. */
const ENGLISH = textsOf(en)
  .filter(([, text]) => !germanTexts.has(text))
  .filter(([, text]) => text.replaceAll(SAMPLE, "").replace(/\P{L}/gu, "").length >= LEAST_LETTERS)
  .map(([path, text]) => ({ path, pattern: patternOf(text) }));

/** The English texts that a page shows or says, as "path: text"; what is marked as English is meant to be. */
export async function englishOn(page: Page): Promise<string[]> {
  const said = await page.evaluate(() => {
    const found = new Set<string>();
    const isMarked = (element: Element | null) =>
      element?.closest("[lang]")?.getAttribute("lang") === "en" &&
      element.closest("[lang]") !== document.documentElement;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (!parent || parent.closest("script, style") || isMarked(parent) || !parent.checkVisibility())
        continue;
      found.add(node.textContent ?? "");
    }
    const names = ["aria-label", "aria-valuetext", "aria-description", "title", "placeholder", "alt"];
    for (const element of document.body.querySelectorAll("*")) {
      if (isMarked(element) || !element.checkVisibility()) continue;
      for (const name of names) found.add(element.getAttribute(name) ?? "");
    }
    found.add(document.title);
    return [...found].map((text) => text.replace(/\s+/g, " ").trim()).filter((text) => text !== "");
  });
  const patterns = ENGLISH.map(({ path, pattern }) => ({ path, matches: new RegExp(pattern, "s") }));
  return said.flatMap((text) =>
    patterns.filter(({ matches }) => matches.test(text)).map(({ path }) => `${path}: ${text}`),
  );
}

/** The German text for a test to look for. */
export { de };
