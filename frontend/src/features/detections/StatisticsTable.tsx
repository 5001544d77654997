import type { PromptStatistics } from "../../api/types";
import { useWords, words } from "../../i18n/language";
import { formatClockTenths, formatLength, formatPercent, formatScore } from "../../lib/format";
import { ProblemBox } from "../../ui/ProblemBox";
import { useWorkspace } from "../session/context";
import { NoMoments } from "./NoMoments";
import { ScoreHistogram } from "./ScoreHistogram";
import { useStatistics } from "./use-statistics";

/** Prompt by prompt over the whole recording: how much of it, how often, how loud, and how its scores spread. */
export function StatisticsTable() {
  const { detections } = useWords();
  const { rows, problem } = useStatistics();
  if (problem) return <ProblemBox problem={problem} quiet />;
  if (rows === null) return <p className="moments-none">{detections.counting}</p>;
  if (rows.length === 0) return <NoMoments />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="statistics" tabIndex={0} aria-label={detections.statisticsOfPrompts}>
      <table className="marked-table num">
        <caption>{detections.barsShow}</caption>
        <thead>
          <tr>
            <th scope="col">{detections.prompt}</th>
            <th scope="col">
              <abbr title={detections.timeMeans}>{detections.time}</abbr>
            </th>
            <th scope="col">{detections.count}</th>
            <th scope="col">{detections.mean}</th>
            <th scope="col">{detections.peakColumn}</th>
          </tr>
        </thead>
        {rows.map((row) => (
          <Prompt key={row.prompt} row={row} />
        ))}
      </table>
    </section>
  );
}

function Prompt({ row }: { row: PromptStatistics }) {
  const { seek } = useWorkspace();
  const { common, detections } = useWords();
  const [peak] = row.peaks;
  return (
    <tbody className={row.count > 0 ? "" : "marked-quiet"}>
      <tr>
        <th scope="row">{row.prompt}</th>
        <td>{row.share === null ? "–" : formatPercent(row.share)}</td>
        <td aria-label={common.moments(row.count)}>{row.count}</td>
        <td>{row.mean === null ? "–" : formatScore(row.mean)}</td>
        <td>
          {peak ? (
            <button
              type="button"
              className="statistics-peak"
              aria-label={detections.goToPeak(formatScore(peak.score), formatClockTenths(peak.time_s))}
              onClick={() => seek(peak.time_s)}
            >
              {formatScore(peak.score)}
            </button>
          ) : (
            "–"
          )}
        </td>
      </tr>
      <tr>
        <td colSpan={5} className="statistics-spread">
          {row.share === null ? (
            detections.noSuchSound
          ) : (
            <>
              <ScoreHistogram bins={row.histogram} threshold={row.threshold} />
              <span className="statistics-words">{spreadWords(row)}</span>
              <Peaks row={row} />
            </>
          )}
        </td>
      </tr>
    </tbody>
  );
}

function spreadWords({ median, p90, moments_s, longest_s, count }: PromptStatistics): string {
  const { detections } = words();
  const spread = detections.spread(formatScore(median ?? 0), formatScore(p90 ?? 0));
  if (count === 0) return spread;
  return `${spread}; ${detections.lengths(formatLength(moments_s ?? 0), formatLength(longest_s ?? 0))}`;
}

/** The next highest places: the highest is in the row above. */
function Peaks({ row }: { row: PromptStatistics }) {
  const { seek } = useWorkspace();
  const { detections } = useWords();
  const more = row.peaks.slice(1).filter((peak) => peak.score >= row.threshold);
  if (more.length === 0) return null;
  return (
    <span className="statistics-peaks">
      <span>{detections.thenAt}</span>
      {more.map((peak) => (
        <button
          key={peak.time_s}
          type="button"
          className="statistics-peak"
          title={detections.scoreOf(formatScore(peak.score))}
          onClick={() => seek(peak.time_s)}
        >
          {formatClockTenths(peak.time_s)}
        </button>
      ))}
    </span>
  );
}
