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
function patternOf(text: string): RegExp {
  const filled = text
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replace(/7,000\\\.5|7\\\.000,5/g, "[\\d.,]+")
    .replaceAll("7000\\.5", ".+")
    .replace(/\\\{\w+\\\}/g, ".*");
  return new RegExp(`^${filled}$`, "s");
}

interface Pattern {
  path: string;
  matches: RegExp;
}

/** Patterns of all texts of a catalogue that the other one does not have. */
function patternsOf(own: unknown, other: unknown): Pattern[] {
  const others = new Set(textsOf(other).map(([, text]) => text));
  return textsOf(own)
    .filter(([, text]) => !others.has(text))
    .filter(([, text]) => text.replace(/\P{L}/gu, "").length >= LEAST_LETTERS)
    .map(([path, text]) => ({ path, matches: patternOf(text) }));
}

const PATTERNS = { en: patternsOf(en, de), de: patternsOf(de, en) };

/**
 * The texts of a language that a page shows or says, as "path: text". What is marked as being in that language, on a
 * page in another, is meant to be.
 */
export async function textsIn(language: "en" | "de", page: Page): Promise<string[]> {
  const said = await page.evaluate((wanted) => {
    const found = new Set<string>();
    const isMarked = (element: Element) => {
      const marked = element.closest("[lang]");
      return marked !== document.documentElement && marked?.getAttribute("lang") === wanted;
    };
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
  }, language);
  return said.flatMap((text) => pathsOf(language, text).map((path) => `${path}: ${text}`));
}

/** Many texts are there at every stop of a walk: each is looked up once. */
const known = { en: new Map<string, string[]>(), de: new Map<string, string[]>() };

function pathsOf(language: "en" | "de", text: string): string[] {
  let paths = known[language].get(text);
  if (!paths) {
    paths = PATTERNS[language].filter(({ matches }) => matches.test(text)).map(({ path }) => path);
    known[language].set(text, paths);
  }
  return paths;
}

/** The German text for a test to look for. */
export { de };
