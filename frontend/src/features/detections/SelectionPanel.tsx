import { formatClockTenths, formatLength, formatPercent, formatScore, plural } from "../../lib/format";
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
  const selection = useView((state) => state.selection);
  const prompts = useSession((state) => state.prompts);
  const settings = useSession((state) => state.rows);
  const infos = useSession((state) => state.infos);
  const threshold = useSession((state) => state.threshold);
  const detections = useSession((state) => state.detections);
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
      count: detections.filter((m) => m.prompt === prompt && m.onset_s < endS && m.offset_s > startS).length,
    }))
    .sort(
      (a, b) =>
        (b.found?.share ?? -1) - (a.found?.share ?? -1) || (b.found?.peak ?? -1) - (a.found?.peak ?? -1),
    );
  return (
    <section className="marked" aria-labelledby="marked-title">
      <div className="marked-head">
        <h2 id="marked-title">
          Selection <span className="num">{formatLength(spanOf(selection))}</span>
        </h2>
        <AddMoment startS={startS} endS={endS} />
        <button type="button" className="btn btn-small" onClick={() => viewport.zoomToSelection()}>
          Zoom to it
        </button>
        <button
          type="button"
          className="icon-btn"
          aria-label="Clear the selection"
          onClick={() => viewport.clearSelection()}
        >
          <Icon name="close" size={16} />
        </button>
      </div>
      <p className="marked-span num">
        {formatClockTenths(startS)} to {formatClockTenths(endS)}
        {!exact && ", shares at most"}
      </p>
      <div className="marked-scroll">
        <table className="marked-table num">
          <caption className="visually-hidden">Statistics of the selection</caption>
          <thead>
            <tr>
              <th scope="col">Prompt</th>
              <th scope="col">
                <abbr title="Share of the time at or above the threshold">Time</abbr>
              </th>
              <th scope="col">Peak</th>
              <th scope="col">Mean</th>
              <th scope="col">
                <abbr title="Moments that touch the selection">Count</abbr>
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
                <td aria-label={plural(count, "moment", "moments")}>{count}</td>
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
  const prompts = useSession((state) => state.prompts);
  const { owner } = useRecordingAccess(session.id);
  if (!owner) return null;
  return (
    <Menu className="btn btn-small" disabled={prompts.length === 0} label="Add as">
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
