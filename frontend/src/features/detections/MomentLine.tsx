import { memo } from "react";
import { useWords } from "../../i18n/language";
import { formatClockTenths, formatLength, formatScore } from "../../lib/format";
import { Icon, type IconName } from "../../ui/Icon";
import { useRecordingAccess } from "../access/recording-access";
import { usePlayback, useWorkspace } from "../session/context";
import type { Moment } from "./judge";
import { isUnder } from "./MomentsList";

const MARKS: Record<NonNullable<Moment["verdict"]>, IconName> = {
  accepted: "check",
  rejected: "close",
  adjusted: "edges",
  added: "plus",
};

/** One moment: when, what, how long, how sure, what was said of it; in hand, also what can be done with it. */
export const MomentLine = memo(function MomentLine(props: {
  moment: Moment;
  place: number;
  count: number;
  chosen: boolean;
  tabStop: boolean;
  /** Its prompt stands above it already. */
  grouped: boolean;
  height: number;
}) {
  const { moment, chosen } = props;
  const { review } = useWorkspace();
  const { detections } = useWords();
  const current = usePlayback((state) => isUnder(moment, state.positionS));
  const known = !Number.isNaN(moment.peak);
  const peak = known ? detections.peakOf(formatScore(moment.peak)) : detections.noScore;
  return (
    <li
      className="moment-line"
      style={{ height: props.height }}
      data-verdict={moment.verdict ?? undefined}
      data-chosen={chosen || undefined}
      aria-setsize={props.count}
      aria-posinset={props.place + 1}
    >
      <button
        type="button"
        className="moment"
        tabIndex={props.tabStop ? 0 : -1}
        data-chosen={chosen || undefined}
        aria-current={current ? "time" : undefined}
        aria-expanded={chosen}
        aria-keyshortcuts="Enter A X Delete [ ]"
        onClick={() => review.open(moment)}
      >
        <span className="moment-at num">{formatClockTenths(moment.onset_s)}</span>
        <span className="moment-words">
          <span className={`moment-name${props.grouped ? " visually-hidden" : ""}`}>{moment.prompt}</span>
          <span className="moment-length num">
            {formatLength(moment.offset_s - moment.onset_s)}
            {props.grouped && ` ${detections.until(formatClockTenths(moment.offset_s))}`}
          </span>
        </span>
        <span className="moment-mark">
          {moment.verdict && (
            <>
              <Icon name={MARKS[moment.verdict]} size={15} />
              <span className="visually-hidden">{detections.said[moment.verdict]}</span>
            </>
          )}
        </span>
        <span className="moment-peak" title={peak}>
          {known && <i style={{ width: `${moment.peak * 100}%` }} />}
          <span className="visually-hidden">{peak}</span>
        </span>
      </button>
      {chosen && <Actions moment={moment} />}
    </li>
  );
});

function Actions({ moment }: { moment: Moment }) {
  const { review, session } = useWorkspace();
  const { detections } = useWords();
  const { owner } = useRecordingAccess(session.id);
  return (
    <div className="moment-actions">
      <button
        type="button"
        className="btn btn-small"
        title={detections.enterKey}
        aria-label={detections.playThis}
        onClick={() => review.play(moment)}
      >
        {detections.play}
      </button>
      {owner && <Verdicts moment={moment} />}
      <button
        type="button"
        className="btn btn-small"
        aria-label={detections.hide}
        title={detections.hideKey}
        onClick={() => review.hide(moment)}
      >
        <Icon name="hidden" size={15} />
      </button>
    </div>
  );
}

function Verdicts({ moment }: { moment: Moment }) {
  const { review } = useWorkspace();
  const { detections } = useWords();
  const { verdict } = moment;
  return (
    <>
      {verdict !== "added" && verdict !== "adjusted" && (
        <button
          type="button"
          className="btn btn-small"
          title="A"
          aria-pressed={verdict === "accepted"}
          onClick={() => review.accept(moment)}
        >
          {detections.accept}
        </button>
      )}
      {verdict === "adjusted" && (
        <button type="button" className="btn btn-small" onClick={() => review.takeBack(moment)}>
          {detections.asFound}
        </button>
      )}
      <button
        type="button"
        className="btn btn-small"
        title="X"
        aria-pressed={verdict === "rejected"}
        onClick={() => review.reject(moment)}
      >
        {verdict === "added" ? detections.remove : detections.reject}
      </button>
    </>
  );
}
