import { useWords } from "../../i18n/language";
import { Icon } from "../../ui/Icon";
import { useView, useWorkspace } from "../session/context";
import { Legend } from "./Legend";
import { isWhole } from "./view-store";

const ZOOM_STEP = 2;

/** Legend of the map and the zoom, in the corner of the stage. */
export function StageTools() {
  const { viewport, player } = useWorkspace();
  const { timeline } = useWords();
  const whole = useView(isWhole);
  const zoom = (factor: number) => viewport.zoom(factor, player.positionS);
  return (
    <div className="stage-tools">
      <fieldset className="zoom" aria-label={timeline.zoom}>
        <button
          type="button"
          className="icon-btn"
          aria-label={timeline.zoomOut}
          disabled={whole}
          onClick={() => zoom(1 / ZOOM_STEP)}
        >
          <Icon name="minus" size={16} />
        </button>
        <button
          type="button"
          className="icon-btn"
          aria-label={timeline.showAll}
          disabled={whole}
          onClick={() => viewport.showAll()}
        >
          <Icon name="whole" size={16} />
        </button>
        <button
          type="button"
          className="icon-btn"
          aria-label={timeline.zoomIn}
          onClick={() => zoom(ZOOM_STEP)}
        >
          <Icon name="plus" size={16} />
        </button>
      </fieldset>
      <Legend />
    </div>
  );
}
