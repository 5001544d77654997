import { SourceBar } from "../features/source/SourceBar";
import { cssColour } from "../features/timeline/colour";
import { useWords } from "../i18n/language";
import { Icon } from "../ui/Icon";
import { useCompact } from "../ui/use-compact";
import { KeysSheet } from "./KeysSheet";
import { LanguageMenu } from "./LanguageMenu";
import { ModelChip } from "./ModelChip";
import { useTheme } from "./theme";

const GLYPH = [
  [8, 0.4],
  [14, 0.7],
  [20, 1],
  [12, 0.8],
  [6, 0.3],
] as const;

export function TopBar(props: { source: boolean; closed?: boolean }) {
  const theme = useTheme((state) => state.theme);
  const toggle = useTheme((state) => state.toggle);
  const { app } = useWords();
  const compact = useCompact();
  return (
    <header className="top">
      <a className="logo" href="#/" aria-label={app.toTheStart}>
        <i aria-hidden="true">
          {GLYPH.map(([height, score]) => (
            <b key={height} style={{ height, background: cssColour(score) }} />
          ))}
        </i>
        <span>SonoTag</span>
      </a>
      {props.source ? <SourceBar /> : <div className="grow" />}
      {!props.closed && <ModelChip />}
      <button
        type="button"
        className="icon-btn"
        aria-label={theme === "dark" ? app.lightTheme : app.darkTheme}
        onClick={toggle}
      >
        <Icon name={theme === "dark" ? "sun" : "moon"} />
      </button>
      {/* On a small screen the link needs the room; the start page and the commands have it there. */}
      {!(props.source && compact) && <LanguageMenu />}
      <KeysSheet />
    </header>
  );
}
