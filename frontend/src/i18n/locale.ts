/** The languages that the page speaks, each by its own name. */
export const LANGUAGES = [
  { code: "en", name: "English" },
  { code: "de", name: "Deutsch" },
] as const;

export type Language = (typeof LANGUAGES)[number]["code"];

export const LANGUAGE_KEY = "sonotag.language";

let present = "en";

/** The BCP 47 tag by which numbers and dates are written, such as `de-AT`. */
export function locale(): string {
  return present;
}

/** Goes by the reader's own region where that speaks `language`: 1/2 and 2/1 are different days. */
export function setLocale(language: Language, preferred: readonly string[]): void {
  present = preferred.find((tag) => languageOf(tag) === language) ?? language;
}

/** What the reader chose; null goes by the browser. */
export function keptLanguage(): Language | null {
  const value = localStorage.getItem(LANGUAGE_KEY);
  return LANGUAGES.find(({ code }) => code === value)?.code ?? null;
}

/** The first of the preferred languages that the page speaks, else English. */
export function bestLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const language = languageOf(tag);
    if (language) return language;
  }
  return "en";
}

function languageOf(tag: string): Language | undefined {
  const [primary] = tag.toLowerCase().split("-");
  return LANGUAGES.find(({ code }) => code === primary)?.code;
}
