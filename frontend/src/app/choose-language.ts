import { chooseLanguage, words } from "../i18n/language";
import type { Language } from "../i18n/locale";
import { useNotice } from "./notice";

/** Speaks another language, or the browser's (null); where it cannot be fetched, that is said in the present one. */
export async function speakOrTell(language: Language | null): Promise<void> {
  try {
    await chooseLanguage(language);
  } catch {
    const { app, common } = words();
    useNotice
      .getState()
      .show({ code: "page_changed", message: app.languageFailed, hint: common.checkConnection });
  }
}
