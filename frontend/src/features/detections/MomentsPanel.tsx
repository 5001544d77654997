import { memo, type RefObject, useEffect, useRef, useState } from "react";
import type { Detection } from "../../api/types";
import { formatClockTenths, formatLength, formatScore } from "../../lib/format";
import { usePlayback, useSession, useWorkspace } from "../session/context";

const FIRST_SHOWN = 300;

const Moment = memo(function Moment(props: {
  moment: Detection;
  current: boolean;
  onOpen: (moment: Detection) => void;
}) {
  const { moment, current, onOpen } = props;
  return (
    <li>
      <button
        type="button"
        className="moment"
        aria-current={current ? "time" : undefined}
        onClick={() => onOpen(moment)}
      >
        <span className="moment-at num">{formatClockTenths(moment.onset_s)}</span>
        <span className="moment-words">
          <span className="moment-name">{moment.prompt}</span>
          <span className="moment-length num">{formatLength(moment.offset_s - moment.onset_s)}</span>
        </span>
        <span className="moment-peak" title={`peak ${formatScore(moment.peak)}`}>
          <i style={{ width: `${moment.peak * 100}%` }} />
          <span className="visually-hidden">peak {formatScore(moment.peak)}</span>
        </span>
      </button>
    </li>
  );
});

/** Every stretch in which a prompt stays above the threshold, in order of time. */
export function MomentsPanel() {
  const { session, seek } = useWorkspace();
  const moments = useSession((state) => state.detections);
  const threshold = useSession((state) => state.threshold);
  const stale = useSession((state) => state.detectionsStale);
  const positionS = usePlayback((state) => state.positionS);
  const [all, setAll] = useState(false);
  const [open] = useState(() => (moment: Detection) => seek(moment.onset_s));
  const list = useRef<HTMLOListElement>(null);
  const current = moments.findLastIndex((moment) => isUnder(moment, positionS));
  useFollow(list, current);
  const shown = all ? moments : moments.slice(0, FIRST_SHOWN);
  return (
    <section className="moments" aria-labelledby="moments-title" aria-busy={stale}>
      <div className="moments-head">
        <h2 id="moments-title">
          Moments <span className="num">{moments.length}</span>
        </h2>
        <label className="threshold num">
          <span>above {formatScore(threshold)}</span>
          <input
            type="range"
            aria-label="Score a moment must reach"
            aria-valuetext={formatScore(threshold)}
            min={0.05}
            max={0.95}
            step={0.05}
            value={threshold}
            onChange={(event) => session.setThreshold(Number(event.target.value))}
          />
        </label>
      </div>
      {moments.length === 0 ? (
        <NoMoments />
      ) : (
        <ol className="moments-list" ref={list}>
          {shown.map((moment) => (
            <Moment
              key={`${moment.prompt} ${moment.onset_s}`}
              moment={moment}
              current={isUnder(moment, positionS)}
              onOpen={open}
            />
          ))}
          {shown.length < moments.length && (
            <li>
              <button type="button" className="btn moments-more" onClick={() => setAll(true)}>
                Show all {moments.length}
              </button>
            </li>
          )}
        </ol>
      )}
    </section>
  );
}

function isUnder(moment: Detection, positionS: number): boolean {
  return moment.onset_s <= positionS && positionS < moment.offset_s;
}

/** Keeps the moment under the playhead in sight, where the list scrolls by itself; a page is never scrolled. */
function useFollow(list: RefObject<HTMLOListElement | null>, index: number): void {
  useEffect(() => {
    const box = list.current;
    const item = box?.children[index];
    if (!box || !(item instanceof HTMLElement) || getComputedStyle(box).overflowY !== "auto") return;
    const above = item.offsetTop < box.scrollTop;
    const below = item.offsetTop + item.offsetHeight > box.scrollTop + box.clientHeight;
    if (above || below) box.scrollTop = item.offsetTop - box.clientHeight / 3;
  }, [list, index]);
}

function NoMoments() {
  const state = useSession((session) => session.recording?.state);
  const prompts = useSession((session) => session.prompts.length);
  const threshold = useSession((session) => session.threshold);
  const words =
    prompts === 0
      ? "Type a sound to look for, and its moments are listed here."
      : state === "done"
        ? `No prompt reaches ${formatScore(threshold)}. Lower the score, or try other words.`
        : "Nothing yet.";
  return <p className="moments-none">{words}</p>;
}
