import { useTheme } from "../../app/theme";
import { Icon } from "../../ui/Icon";
import { Controls } from "./Controls";
import { DataParts } from "./DataParts";
import { Messages } from "./Messages";
import { Overlays } from "./Overlays";
import { Tokens } from "./Tokens";

/** Every part the page is made of, in each of its states: to look at, and for tests to photograph. */
export function DesignPage() {
  const theme = useTheme((state) => state.theme);
  const toggle = useTheme((state) => state.toggle);
  return (
    <main className="design">
      <header className="design-head">
        <h1>The parts of SonoTag</h1>
        <button
          type="button"
          className="icon-btn"
          aria-label={theme === "dark" ? "Light theme" : "Dark theme"}
          onClick={toggle}
        >
          <Icon name={theme === "dark" ? "sun" : "moon"} />
        </button>
      </header>
      <Tokens />
      <Controls />
      <Messages />
      <Overlays />
      <DataParts />
    </main>
  );
}
