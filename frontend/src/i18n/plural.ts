import type { Language } from "./locale";

type Forms = { one: string; other: string };

/** Chooses the wording for a number by the language's own rule (CLDR); `#` in it is the number. */
export function pluralIn(language: Language): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(language);
  return (count, forms) =>
    (rules.select(count) === "one" ? forms.one : forms.other).replace("#", numbers.format(count));
}
