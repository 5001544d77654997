import { useWords } from "../../i18n/language";
import { formatClockTenths, formatLength, formatPercent, formatScore } from "../../lib/format";
import { Icon } from "../../ui/Icon";
import { Menu } from "../../ui/Menu";
import { useRecordingAccess } from "../access/recording-access";
import { useSession, useView, useWorkspace } from "../session/context";
import { soundingPrompts, thresholdOf } from "../session/session-state";
import { spanOf } from "../timeline/geometry";
import { useExactScores } from "../timeline/use-exact-scores";

/** The marked stretch in numbers: how much of it each prompt fills, how sure the model is, how often. */
export function SelectionPanel() {
  const { viewport } = useWorkspace();
  const { common, detections } = useWords();
  const selection = useView((state) => state.selection);
  const prompts = useSession((state) => state.prompts);
  const settings = useSession((state) => state.rows);
  const infos = useSession((state) => state.infos);
  const threshold = useSession((state) => state.threshold);
  const moments = useSession((state) => state.detections);
  useSession((state) => state.matrixVersion);
  const { matrix, exact } = useExactScores(selection);
  if (!selection) return null;
  const { startS, endS } = selection;
  const edits = { prompts, threshold, rows: settings };
  const rows = soundingPrompts(edits)
    .filter((prompt) => infos[prompt]?.covered !== false)
    .map((prompt) => ({
      prompt,
      found: matrix.statistics(prompt, startS, endS, thresholdOf(edits, prompt)),
      count: moments.filter((m) => m.prompt === prompt && m.onset_s < endS && m.offset_s > startS).length,
    }))
    .sort(
      (a, b) =>
        (b.found?.share ?? -1) - (a.found?.share ?? -1) || (b.found?.peak ?? -1) - (a.found?.peak ?? -1),
    );
  return (
    <section className="marked" aria-labelledby="marked-title">
      <div className="marked-head">
        <h2 id="marked-title">
          {detections.selection} <span className="num">{formatLength(spanOf(selection))}</span>
        </h2>
        <AddMoment startS={startS} endS={endS} />
        <button type="button" className="btn btn-small" onClick={() => viewport.zoomToSelection()}>
          {detections.zoomToIt}
        </button>
        <button
          type="button"
          className="icon-btn"
          aria-label={detections.clearSelection}
          onClick={() => viewport.clearSelection()}
        >
          <Icon name="close" size={16} />
        </button>
      </div>
      <p className="marked-span num">
        {common.range(formatClockTenths(startS), formatClockTenths(endS))}
        {!exact && detections.sharesAtMost}
      </p>
      <div className="marked-scroll">
        <table className="marked-table num">
          <caption className="visually-hidden">{detections.statisticsOfSelection}</caption>
          <thead>
            <tr>
              <th scope="col">{detections.prompt}</th>
              <th scope="col">
                <abbr title={detections.timeMeans}>{detections.time}</abbr>
              </th>
              <th scope="col">{detections.peakColumn}</th>
              <th scope="col">{detections.mean}</th>
              <th scope="col">
                <abbr title={detections.countMeans}>{detections.count}</abbr>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ prompt, found, count }) => (
              <tr key={prompt} className={found && found.share > 0 ? "" : "marked-quiet"}>
                <th scope="row">{prompt}</th>
                <td>{found ? formatPercent(found.share) : "–"}</td>
                <td>{found ? formatScore(found.peak) : "–"}</td>
                <td>{found ? formatScore(found.mean) : "–"}</td>
                <td aria-label={common.moments(count)}>{count}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Marks the selection as a moment of a prompt, whether or not the model found one there. */
function AddMoment({ startS, endS }: { startS: number; endS: number }) {
  const { review, session } = useWorkspace();
  const { detections } = useWords();
  const prompts = useSession((state) => state.prompts);
  const { owner } = useRecordingAccess(session.id);
  if (!owner) return null;
  return (
    <Menu className="btn btn-small" disabled={prompts.length === 0} label={detections.addAs}>
      {(close) => (
        <div className="add-moment">
          {prompts.map((prompt) => (
            <button
              key={prompt}
              type="button"
              className="menu-item"
              onClick={() => {
                review.add(prompt, startS, endS);
                close();
              }}
            >
              {prompt}
            </button>
          ))}
        </div>
      )}
    </Menu>
  );
}
