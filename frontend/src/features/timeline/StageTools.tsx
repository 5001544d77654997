import { formatScore } from "../../lib/format";
import { Icon } from "../../ui/Icon";
import { useSession, useView, useWorkspace } from "../session/context";
import { legendGradient } from "./colour";
import { isWhole } from "./view-store";

const ZOOM_STEP = 2;

/** Legend of the map and the zoom, in the corner of the stage. */
export function StageTools() {
  const { viewport, player } = useWorkspace();
  const threshold = useSession((state) => state.threshold);
  const whole = useView(isWhole);
  const zoom = (factor: number) => viewport.zoom(factor, player.positionS);
  return (
    <div className="stage-tools">
      <fieldset className="zoom" aria-label="Zoom">
        <button
          type="button"
          className="icon-btn"
          aria-label="Zoom out"
          disabled={whole}
          onClick={() => zoom(1 / ZOOM_STEP)}
        >
          <Icon name="minus" size={16} />
        </button>
        <button
          type="button"
          className="icon-btn"
          aria-label="Show all"
          disabled={whole}
          onClick={() => viewport.showAll()}
        >
          <Icon name="whole" size={16} />
        </button>
        <button type="button" className="icon-btn" aria-label="Zoom in" onClick={() => zoom(ZOOM_STEP)}>
          <Icon name="plus" size={16} />
        </button>
      </fieldset>
      <div
        className="legend num"
        role="img"
        aria-label={`Colours from score 0, dark blue, to score 1, yellow; moments are above ${formatScore(threshold)}`}
      >
        <span>0</span>
        <span className="legend-bar" style={{ background: legendGradient() }}>
          <span className="legend-mark" style={{ left: `${threshold * 100}%` }} />
        </span>
        <span>1</span>
      </div>
    </div>
  );
}
