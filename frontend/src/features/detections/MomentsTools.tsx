import { formatScore } from "../../lib/format";
import { Icon } from "../../ui/Icon";
import { Menu } from "../../ui/Menu";
import { useReview, useSession, useWorkspace } from "../session/context";
import { ALL_MOMENTS, isFiltered, type ShownBy } from "./shown";

const VERDICTS: ReadonlyArray<{ value: NonNullable<ShownBy["verdict"]>; words: string }> = [
  { value: "open", words: "Not judged yet" },
  { value: "accepted", words: "Accepted" },
  { value: "rejected", words: "Rejected" },
  { value: "adjusted", words: "Adjusted" },
  { value: "added", words: "Added by hand" },
];

/** How the list is ordered and which moments it shows. */
export function MomentsTools() {
  const { review } = useWorkspace();
  const order = useReview((state) => state.order);
  const shownBy = useReview((state) => state.shownBy);
  const filtered = isFiltered(shownBy);
  return (
    <div className="moments-tools">
      <button
        type="button"
        className="icon-btn"
        aria-label="Group by prompt"
        title="Group by prompt"
        aria-pressed={order === "prompt"}
        onClick={() => review.store.setState({ order: order === "prompt" ? "time" : "prompt" })}
      >
        <Icon name="groups" size={16} />
      </button>
      <Menu
        className={`icon-btn${filtered ? " icon-btn-on" : ""}`}
        ariaLabel={filtered ? "Filter, on" : "Filter"}
        label={<Icon name="filter" size={16} />}
      >
        {() => <FilterFields shownBy={shownBy} />}
      </Menu>
    </div>
  );
}

function FilterFields({ shownBy }: { shownBy: ShownBy }) {
  const { review } = useWorkspace();
  const prompts = useSession((state) => state.prompts);
  const change = (part: Partial<ShownBy>) =>
    review.store.setState(({ shownBy: present }) => ({ shownBy: { ...present, ...part } }));
  return (
    <div className="filter-fields">
      <label>
        <span>Prompt</span>
        <select
          value={shownBy.prompt ?? ""}
          onChange={(event) => change({ prompt: event.target.value || null })}
        >
          <option value="">All</option>
          {prompts.map((prompt) => (
            <option key={prompt}>{prompt}</option>
          ))}
        </select>
      </label>
      <label>
        <span>Verdict</span>
        <select
          value={shownBy.verdict ?? ""}
          onChange={(event) => {
            const known = VERDICTS.find(({ value }) => value === event.target.value);
            change({ verdict: known?.value ?? null });
          }}
        >
          <option value="">All</option>
          {VERDICTS.map(({ value, words }) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>
          Peak{" "}
          <span className="num">
            {shownBy.leastPeak > 0 ? `${formatScore(shownBy.leastPeak)} or more` : "any"}
          </span>
        </span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.05}
          value={shownBy.leastPeak}
          aria-valuetext={shownBy.leastPeak > 0 ? `${formatScore(shownBy.leastPeak)} or more` : "any"}
          onChange={(event) => change({ leastPeak: Number(event.target.value) })}
        />
      </label>
      <button
        type="button"
        className="btn btn-small"
        disabled={!isFiltered(shownBy)}
        onClick={() => review.store.setState({ shownBy: ALL_MOMENTS })}
      >
        Show all
      </button>
    </div>
  );
}
