import { memo } from "react";
import { formatClockTenths, formatLength, formatScore } from "../../lib/format";
import { Icon, type IconName } from "../../ui/Icon";
import { useRecordingAccess } from "../access/recording-access";
import { usePlayback, useWorkspace } from "../session/context";
import type { Moment } from "./judge";
import { isUnder } from "./MomentsList";

const MARKS: Record<NonNullable<Moment["verdict"]>, { icon: IconName; words: string }> = {
  accepted: { icon: "check", words: "accepted" },
  rejected: { icon: "close", words: "rejected" },
  adjusted: { icon: "edges", words: "adjusted" },
  added: { icon: "plus", words: "added by hand" },
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
  const current = usePlayback((state) => isUnder(moment, state.positionS));
  const mark = moment.verdict ? MARKS[moment.verdict] : null;
  const known = !Number.isNaN(moment.peak);
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
            {props.grouped && ` to ${formatClockTenths(moment.offset_s)}`}
          </span>
        </span>
        <span className="moment-mark">
          {mark && (
            <>
              <Icon name={mark.icon} size={15} />
              <span className="visually-hidden">{mark.words}</span>
            </>
          )}
        </span>
        <span className="moment-peak" title={known ? `peak ${formatScore(moment.peak)}` : "no score"}>
          {known && <i style={{ width: `${moment.peak * 100}%` }} />}
          <span className="visually-hidden">{known ? `peak ${formatScore(moment.peak)}` : "no score"}</span>
        </span>
      </button>
      {chosen && <Actions moment={moment} />}
    </li>
  );
});

function Actions({ moment }: { moment: Moment }) {
  const { review, session } = useWorkspace();
  const { owner } = useRecordingAccess(session.id);
  return (
    <div className="moment-actions">
      <button
        type="button"
        className="btn btn-small"
        title="enter"
        aria-label="Play this moment"
        onClick={() => review.play(moment)}
      >
        Play
      </button>
      {owner && <Verdicts moment={moment} />}
      <button type="button" className="btn btn-small" title="delete" onClick={() => review.hide(moment)}>
        Hide
      </button>
    </div>
  );
}

function Verdicts({ moment }: { moment: Moment }) {
  const { review } = useWorkspace();
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
          Accept
        </button>
      )}
      {verdict === "adjusted" && (
        <button type="button" className="btn btn-small" onClick={() => review.takeBack(moment)}>
          As found
        </button>
      )}
      <button
        type="button"
        className="btn btn-small"
        title="X"
        aria-pressed={verdict === "rejected"}
        onClick={() => review.reject(moment)}
      >
        {verdict === "added" ? "Remove" : "Reject"}
      </button>
    </>
  );
}
