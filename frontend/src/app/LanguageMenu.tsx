import { useLanguage, useWords } from "../i18n/language";
import { LANGUAGES } from "../i18n/locale";
import { Icon } from "../ui/Icon";
import { Menu } from "../ui/Menu";
import { speakOrTell } from "./choose-language";

/** The languages by their own names, so that whoever cannot read the present one finds theirs. */
export function LanguageMenu() {
  const { app } = useWords();
  const chosen = useLanguage((state) => state.chosen);
  const choices = [{ code: null, name: app.languageOfBrowser }, ...LANGUAGES];
  return (
    <Menu className="icon-btn" ariaLabel={app.language} label={<Icon name="language" />}>
      {(close) =>
        choices.map(({ code, name }) => (
          <button
            key={name}
            type="button"
            className="menu-item"
            lang={code ?? undefined}
            aria-pressed={chosen === code}
            onClick={() => {
              close();
              void speakOrTell(code);
            }}
          >
            {name}
          </button>
        ))
      }
    </Menu>
  );
}
