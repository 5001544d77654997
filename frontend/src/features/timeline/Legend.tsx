import { useSettings } from "../../app/settings";
import { useWords } from "../../i18n/language";
import { formatScore } from "../../lib/format";
import { Menu } from "../../ui/Menu";
import { useSession } from "../session/context";
import { colourTable, legendGradient, SCALE_NAMES } from "./colour";

/** What the colours mean, and the choice between five scales of them. */
export function Legend() {
  const threshold = useSession((state) => state.threshold);
  const scale = useSettings((state) => state.scale);
  const { timeline } = useWords();
  const setScale = useSettings((state) => state.setScale);
  return (
    <div className="legend-menu">
      <Menu
        className="legend num"
        label={
          <>
            <span className="visually-hidden">{timeline.legendFrom}</span>
            <span>{0}</span>
            <span className="legend-bar" style={{ background: legendGradient(colourTable(scale)) }}>
              <span className="legend-mark" style={{ left: `${threshold * 100}%` }} />
            </span>
            <span className="visually-hidden">{timeline.legendTo}</span>
            <span>{1}</span>
            <span className="visually-hidden">{timeline.legendAbove(formatScore(threshold))}</span>
          </>
        }
      >
        {(close) =>
          SCALE_NAMES.map((name) => (
            <button
              key={name}
              type="button"
              className="menu-item legend-choice"
              aria-pressed={name === scale}
              onClick={() => {
                setScale(name);
                close();
              }}
            >
              {name[0].toUpperCase() + name.slice(1)}
              <span className="legend-bar" style={{ background: legendGradient(colourTable(name)) }} />
            </button>
          ))
        }
      </Menu>
    </div>
  );
}
