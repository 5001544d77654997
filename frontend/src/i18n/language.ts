import { create } from "zustand";
import { en } from "./en";
import { bestLanguage, keptLanguage, LANGUAGE_KEY, type Language, setLocale } from "./locale";

/** What a language has to say: English has it all, and TypeScript holds every other one to that. */
export type Words = typeof en;

/** English is part of the page; another language is fetched where it is spoken. */
const CATALOGUES: Record<Language, () => Promise<Words>> = {
  en: async () => en,
  de: async () => (await import("./de")).de,
};

interface LanguageState {
  language: Language;
  words: Words;
  /** What the reader chose; null goes by the browser. */
  chosen: Language | null;
}

export const useLanguage = create<LanguageState>(() => ({ language: "en", words: en, chosen: null }));

/** The texts of the page, in a component. It is drawn anew when the language changes. */
export function useWords(): Words {
  return useLanguage((state) => state.words);
}

/** The texts of the page as of now, outside components. */
export function words(): Words {
  return useLanguage.getState().words;
}

/** Speaks `chosen` from now on, or as the browser does (null). Rejects when that language cannot be fetched. */
export async function chooseLanguage(chosen: Language | null): Promise<void> {
  await speak(chosen);
  if (chosen) localStorage.setItem(LANGUAGE_KEY, chosen);
  else localStorage.removeItem(LANGUAGE_KEY);
}

/** Before anything is drawn. A language that cannot be fetched is no reason to show nothing: it is English then. */
export async function startLanguage(): Promise<void> {
  try {
    await speak(keptLanguage());
  } catch (error) {
    console.warn("The page's language could not be loaded.", error);
    // The document's first lines have promised another.
    document.documentElement.lang = "en";
  }
}

async function speak(chosen: Language | null): Promise<void> {
  const language = chosen ?? bestLanguage(navigator.languages);
  const catalogue = await CATALOGUES[language]();
  setLocale(language, navigator.languages);
  document.documentElement.lang = language;
  useLanguage.setState({ language, words: catalogue, chosen });
}
