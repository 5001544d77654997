import { useWords } from "../../i18n/language";
import { formatScore } from "../../lib/format";
import { Icon } from "../../ui/Icon";
import { Menu } from "../../ui/Menu";
import { useReview, useSession, useWorkspace } from "../session/context";
import { ALL_MOMENTS, isFiltered, type ShownBy } from "./shown";

const VERDICTS = ["open", "accepted", "rejected", "adjusted", "added"] as const;

/** How the list is ordered and which moments it shows. */
export function MomentsTools() {
  const { review } = useWorkspace();
  const { detections } = useWords();
  const order = useReview((state) => state.order);
  const shownBy = useReview((state) => state.shownBy);
  const filtered = isFiltered(shownBy);
  return (
    <div className="moments-tools">
      <button
        type="button"
        className="icon-btn"
        aria-label={detections.groupByPrompt}
        title={detections.groupByPrompt}
        aria-pressed={order === "prompt"}
        onClick={() => review.store.setState({ order: order === "prompt" ? "time" : "prompt" })}
      >
        <Icon name="groups" size={16} />
      </button>
      <Menu
        className={`icon-btn${filtered ? " icon-btn-on" : ""}`}
        ariaLabel={filtered ? detections.filterOn : detections.filter}
        label={<Icon name="filter" size={16} />}
      >
        {() => <FilterFields shownBy={shownBy} />}
      </Menu>
    </div>
  );
}

function FilterFields({ shownBy }: { shownBy: ShownBy }) {
  const { review } = useWorkspace();
  const { detections } = useWords();
  const prompts = useSession((state) => state.prompts);
  const { leastPeak } = shownBy;
  const peak = leastPeak > 0 ? detections.orMore(formatScore(leastPeak)) : detections.any;
  const change = (part: Partial<ShownBy>) =>
    review.store.setState(({ shownBy: present }) => ({ shownBy: { ...present, ...part } }));
  return (
    <div className="filter-fields">
      <label>
        <span>{detections.prompt}</span>
        <select
          value={shownBy.prompt ?? ""}
          onChange={(event) => change({ prompt: event.target.value || null })}
        >
          <option value="">{detections.all}</option>
          {prompts.map((prompt) => (
            <option key={prompt}>{prompt}</option>
          ))}
        </select>
      </label>
      <label>
        <span>{detections.verdict}</span>
        <select
          value={shownBy.verdict ?? ""}
          onChange={(event) => {
            const known = VERDICTS.find((one) => one === event.target.value);
            change({ verdict: known ?? null });
          }}
        >
          <option value="">{detections.all}</option>
          {VERDICTS.map((one) => (
            <option key={one} value={one}>
              {detections.verdicts[one]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>
          {detections.peak} <span className="num">{peak}</span>
        </span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.05}
          value={leastPeak}
          aria-valuetext={peak}
          onChange={(event) => change({ leastPeak: Number(event.target.value) })}
        />
      </label>
      <button
        type="button"
        className="btn btn-small"
        disabled={!isFiltered(shownBy)}
        onClick={() => review.store.setState({ shownBy: ALL_MOMENTS })}
      >
        {detections.showAll}
      </button>
    </div>
  );
}
