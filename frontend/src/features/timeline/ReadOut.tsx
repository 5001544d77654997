import type { CSSProperties } from "react";
import { useWords, words } from "../../i18n/language";
import { formatClockTenths, formatScore } from "../../lib/format";
import { useSession, useView, useWorkspace } from "../session/context";
import { thresholdOf } from "../session/session-state";

const INSPECT_KEY = "I";
const CARD_PX = 230;
const CARD_HEIGHT_PX = 118;

/** What lies under the pointer: the prompt, the time and the score there. */
export function ReadOut() {
  const { session, viewport } = useWorkspace();
  const { timeline } = useWords();
  const hover = useView((state) => state.hover);
  const prompts = useSession((state) => state.prompts);
  const infos = useSession((state) => state.infos);
  const prompt = hover?.row == null ? undefined : prompts[hover.row];
  const threshold = useSession((state) => thresholdOf(state, prompt ?? ""));
  if (!hover) return null;
  const info = prompt === undefined ? undefined : infos[prompt];
  const timeWords = formatClockTenths(hover.timeS);
  const left = hover.x;
  const side = left + CARD_PX > hover.trackWidth ? " readout-left" : "";
  const above = hover.roomBelow < CARD_HEIGHT_PX ? " readout-above" : "";
  return (
    <>
      <div className="hover-line" style={{ left }} />
      <div
        className={`readout num${side}${above}`}
        style={{ "--x": `${left}px`, top: hover.y } as CSSProperties}
        role={hover.pinned ? undefined : "tooltip"}
        data-pinned={hover.pinned || undefined}
      >
        {prompt === undefined ? (
          timeWords
        ) : (
          <>
            <b>{prompt}</b>
            {`${timeWords}, ${scoreWords(session.matrix.scoreAt(prompt, hover.timeS), info?.covered, threshold)}`}
            {hover.pinned && (
              <button
                type="button"
                className="btn btn-small readout-why"
                onClick={() => {
                  viewport.inspect({ prompt, timeS: hover.timeS });
                  viewport.setHover(null);
                }}
              >
                {timeline.why} <kbd>{INSPECT_KEY}</kbd>
              </button>
            )}
            {info?.matched && info.matched !== prompt && (
              <span className="readout-as">{timeline.heardAs(info.matched)}</span>
            )}
          </>
        )}
      </div>
    </>
  );
}

function scoreWords(score: number, covered: boolean | undefined, threshold: number): string {
  const { common, timeline } = words();
  if (covered === false) return common.notCovered;
  if (Number.isNaN(score)) return timeline.notHeardYet;
  return timeline.score(formatScore(score), score >= threshold, formatScore(threshold));
}
