import { type KeyboardEvent, useId, useState } from "react";
import { useWords } from "../../i18n/language";
import { formatScore } from "../../lib/format";
import { useSession, useWorkspace } from "../session/context";
import { MomentsList } from "./MomentsList";
import { MomentsTools } from "./MomentsTools";
import { StatisticsTable } from "./StatisticsTable";

const TABS = ["moments", "statistics"] as const;
type Tab = (typeof TABS)[number];

/** What was found and what is said of it, moment by moment or prompt by prompt in numbers. */
export function MomentsPanel() {
  const { session } = useWorkspace();
  const { detections } = useWords();
  const count = useSession((state) => state.detections.length);
  const threshold = useSession((state) => state.threshold);
  const stale = useSession((state) => state.detectionsStale);
  const [tab, setTab] = useState<Tab>("moments");
  const id = useId();
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    const other = tab === "moments" ? "statistics" : "moments";
    setTab(other);
    document.getElementById(`${id}-${other}`)?.focus();
  };
  const tabOf = (name: Tab, words: string, number?: number) => (
    <button
      type="button"
      role="tab"
      id={`${id}-${name}`}
      className="panel-tab"
      aria-selected={tab === name}
      aria-controls={`${id}-panel`}
      tabIndex={tab === name ? 0 : -1}
      onClick={() => setTab(name)}
    >
      {words} {number !== undefined && <span className="num">{number}</span>}
    </button>
  );
  return (
    <section className="moments" aria-label={detections.moments} aria-busy={stale}>
      <div className="moments-head">
        <div
          className="panel-tabs"
          role="tablist"
          aria-label={detections.momentsOrStatistics}
          onKeyDown={onKeyDown}
        >
          {tabOf("moments", detections.moments, count)}
          {tabOf("statistics", detections.statistics)}
        </div>
        {tab === "moments" && <MomentsTools />}
      </div>
      <label className="threshold num">
        <span>{detections.above(formatScore(threshold))}</span>
        <input
          type="range"
          aria-label={detections.leastScore}
          aria-valuetext={formatScore(threshold)}
          min={0.05}
          max={0.95}
          step={0.05}
          value={threshold}
          onChange={(event) => session.setThreshold(Number(event.target.value))}
        />
      </label>
      <div className="panel-body" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${tab}`}>
        {tab === "moments" ? <MomentsList /> : <StatisticsTable />}
      </div>
    </section>
  );
}
