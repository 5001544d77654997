import { type KeyboardEvent, useEffect, useMemo, useRef } from "react";
import type { Detection } from "../../api/types";
import { useWords } from "../../i18n/language";
import { formatClockHundredths, formatScore } from "../../lib/format";
import { Icon } from "../../ui/Icon";
import { useSession, useView, useWorkspace } from "../session/context";
import { thresholdOf } from "../session/session-state";
import { useExactScores } from "../timeline/use-exact-scores";
import type { Cell } from "../timeline/view-store";
import { explainFrame, explainWithin } from "./explain";
import { loudestAt } from "./rival";
import { ScorePlot } from "./ScorePlot";
import { saidWords, verdictWords } from "./verdict-words";

/** Far enough to see the beginning and the end of most moments. */
const AROUND_S = 20;
const FALLBACK_FRAME_S = 0.1;

export function Inspector() {
  const cell = useView((state) => state.cell);
  const here = useSession((state) => cell !== null && state.prompts.includes(cell.prompt));
  return cell && here ? <OpenInspector cell={cell} /> : null;
}

function isAt(moment: Detection, prompt: string, timeS: number): boolean {
  return moment.prompt === prompt && moment.onset_s <= timeS && timeS < moment.offset_s;
}

/** Why one score counts, or why it does not. The arrow keys walk to its neighbours. */
function OpenInspector({ cell }: { cell: Cell }) {
  const { prompt, timeS } = cell;
  const { viewport, seek } = useWorkspace();
  const { detections } = useWords();
  const card = useRef<HTMLElement>(null);
  const prompts = useSession((state) => state.prompts);
  const info = useSession((state) => state.infos[prompt]);
  const muted = useSession((state) => state.rows[prompt]?.muted ?? false);
  const own = useSession((state) => state.rows[prompt]?.threshold !== undefined);
  const threshold = useSession((state) => thresholdOf(state, prompt));
  const rule = useSession((state) => state.rule);
  const frameS = useSession((state) => state.recording?.seconds_per_frame) ?? FALLBACK_FRAME_S;
  useSession((state) => state.matrixVersion);
  const span = useMemo(() => ({ startS: Math.max(0, timeS - AROUND_S), endS: timeS + AROUND_S }), [timeS]);
  const { matrix } = useExactScores(span);
  useEffect(() => card.current?.focus({ preventScroll: true }), []);

  const hopS = matrix.secondsPerColumn ?? frameS;
  const { first, scores } = matrix.columnsIn(prompt, span.startS, span.endS);
  const startS = matrix.fromS + first * hopS;
  const frame = Math.floor((timeS - startS + 1e-6) / hopS);
  const score = matrix.scoreAt(prompt, timeS);
  const release = rule ? threshold * rule.releaseShare : threshold;
  const whole = { threshold, release, mergeGapS: rule?.mergeGapS ?? 0, minLengthS: rule?.minLengthS ?? 0 };
  const found = useSession((state) => state.found.find((one) => isAt(one, prompt, timeS)) ?? null);
  const judged = useSession((state) => state.moments.find((one) => isAt(one, prompt, timeS)) ?? null);
  const inFrames = (atS: number) => Math.round((atS - startS) / hopS);
  const moment = found && { start: inFrames(found.onset_s), stop: inFrames(found.offset_s) };
  const verdict = explainWithin(explainFrame(scores, hopS, whole, frame), score, whole, moment);
  const covered = info?.covered !== false;
  const words = saidWords(verdictWords(verdict, whole, { startS, hopS, covered, muted }), judged);
  const rival = loudestAt(matrix, prompts, timeS, prompt);

  const onKeyDown = (event: KeyboardEvent) => {
    const row = prompts.indexOf(prompt);
    const along = event.key === "ArrowLeft" ? -frameS : event.key === "ArrowRight" ? frameS : 0;
    const across = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (along === 0 && across === 0) return;
    event.preventDefault();
    const next = Math.min(Math.max(0, row + across), prompts.length - 1);
    const { durationS } = viewport.store.getState();
    const nextS = Math.min(Math.max(0, timeS + along), Math.max(0, durationS - frameS / 2));
    viewport.inspect({ prompt: prompts[next], timeS: nextS });
    viewport.reveal(nextS);
  };

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys walk the map from here
    <section ref={card} className="why" tabIndex={0} aria-label={detections.why} onKeyDown={onKeyDown}>
      <div className="why-head">
        <h2>
          {prompt} <span className="num">{formatClockHundredths(timeS)}</span>
        </h2>
        <button type="button" className="btn btn-small" onClick={() => seek(timeS)}>
          {detections.goThere}
        </button>
        <button
          type="button"
          className="icon-btn"
          aria-label={detections.closeWhy}
          onClick={() => viewport.inspect(null)}
        >
          <Icon name="close" size={16} />
        </button>
      </div>
      <p className="why-verdict" role="status">
        <b>{words.lead}</b> {words.rest}
      </p>
      <ScorePlot scores={scores} frame={frame} hopS={hopS} threshold={threshold} release={release} />
      <dl className="why-facts num">
        <div>
          <dt>{detections.score}</dt>
          <dd>{Number.isNaN(score) ? "–" : formatScore(score)}</dd>
        </div>
        <div>
          <dt>{own ? detections.ownThreshold : detections.threshold}</dt>
          <dd>{formatScore(threshold)}</dd>
        </div>
        <div>
          <dt>{detections.release}</dt>
          <dd>{formatScore(release)}</dd>
        </div>
        {rival !== undefined && (
          <div className="why-rival">
            <dt>{detections.strongestOther}</dt>
            <dd>
              <button
                type="button"
                className="why-rival-name"
                onClick={() => viewport.inspect({ prompt: rival, timeS })}
              >
                {rival}
              </button>{" "}
              {formatScore(matrix.scoreAt(rival, timeS))}
            </dd>
          </div>
        )}
        {info?.matched && info.matched !== prompt && (
          <div className="why-rival">
            <dt>{detections.heardAs}</dt>
            <dd>{info.matched}</dd>
          </div>
        )}
      </dl>
    </section>
  );
}
