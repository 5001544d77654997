import { type KeyboardEvent, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import { useWords } from "../../i18n/language";
import { Icon } from "../../ui/Icon";
import { useCompact } from "../../ui/use-compact";
import { usePlayback, useReview, useSession, useWorkspace } from "../session/context";
import { isRejected, type Moment } from "./judge";
import { MomentLine } from "./MomentLine";
import { onMomentKey } from "./moment-keys";
import { NoMoments } from "./NoMoments";
import { type Line, linesOf, offsetsOf } from "./shown";
import { useWindow } from "./use-window";

const HEIGHTS = { group: 34, time: 54, prompt: 38, chosen: 40 };
const TOUCH_HEIGHTS = { group: 46, time: 56, prompt: 46, chosen: 54 };

/** The moments line by line; only those near the screen are rendered. One is in hand: keys are about it. */
export function MomentsList() {
  const { review } = useWorkspace();
  const { detections } = useWords();
  const moments = useSession((state) => state.moments);
  const hidden = useSession((state) => state.hidden);
  const prompts = useSession((state) => state.prompts);
  const { chosen, order, shownBy, folded } = useReview((state) => state);
  const heights = useCompact() ? TOUCH_HEIGHTS : HEIGHTS;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is shown follows from these
  const lines = useMemo(
    () => linesOf(review.shown(), order, folded),
    [review, moments, hidden, prompts, order, shownBy, folded],
  );
  const at = lines.findIndex((line) => line.kind === "moment" && line.moment.key === chosen);
  const offsets = useMemo(() => {
    const heightOf = (line: Line) =>
      line.kind === "group"
        ? heights.group
        : heights[order] + (line.moment.key === chosen ? heights.chosen : 0);
    return offsetsOf(lines, heightOf);
  }, [lines, chosen, heights, order]);
  const list = useRef<HTMLOListElement>(null);
  const { first, stop, reveal } = useWindow(list, offsets);
  const count = lines.filter(({ kind }) => kind === "moment").length;
  useFollow(lines, reveal, list);
  const focusLine = useFocus(list, at, reveal, first, stop);

  const onKeyDown = (event: KeyboardEvent) => {
    const shown = lines.flatMap((one) => (one.kind === "moment" ? [one.moment] : []));
    const line = event.target instanceof Element ? event.target.closest("[aria-posinset]") : null;
    const place = Number(line?.getAttribute("aria-posinset") ?? 0) - 1;
    if (!onMomentKey(event, review, place, shown)) return;
    event.preventDefault();
    focusLine();
  };

  if (moments.length === 0) return <NoMoments />;
  const tabStop = at >= first && at < stop ? at : lines.findIndex(({ kind }) => kind === "moment");
  return (
    <>
      <ShownNote shown={count} />
      <div className="moments-list">
        <ol
          ref={list}
          aria-label={detections.moments}
          style={{ paddingTop: offsets[first], paddingBottom: offsets[lines.length] - offsets[stop] }}
          onKeyDown={onKeyDown}
        >
          {lines
            .slice(first, stop)
            .map((line, index) =>
              line.kind === "group" ? (
                <GroupLine key={`group ${line.prompt}`} line={line} height={heights.group} />
              ) : (
                <MomentLine
                  key={line.moment.key}
                  moment={line.moment}
                  place={line.place}
                  count={count}
                  chosen={line.moment.key === chosen}
                  tabStop={first + index === tabStop}
                  grouped={order === "prompt"}
                  height={offsets[first + index + 1] - offsets[first + index]}
                />
              ),
            )}
        </ol>
      </div>
    </>
  );
}

function GroupLine({ line, height }: { line: Extract<Line, { kind: "group" }>; height: number }) {
  const { review } = useWorkspace();
  const fold = () =>
    review.store.setState(({ folded }) => {
      const next = new Set(folded);
      if (!next.delete(line.prompt)) next.add(line.prompt);
      return { folded: next };
    });
  return (
    <li className="moment-group" style={{ height }}>
      <button type="button" aria-expanded={!line.folded} onClick={fold}>
        <Icon name="down" size={13} />
        <span>{line.prompt}</span>
        <span className="num">{line.count}</span>
      </button>
    </li>
  );
}

/** What the list leaves out, and the way back; what is not saved yet. */
function ShownNote({ shown }: { shown: number }) {
  const { review } = useWorkspace();
  const { detections } = useWords();
  const all = useSession((state) => state.moments.length);
  const hidden = useSession((state) => state.moments.filter(({ key }) => state.hidden.has(key)).length);
  const folded = useReview((state) => state.folded.size > 0 && state.order === "prompt");
  const unsaved = useSession((state) => state.unsaved);
  const away = useSession((state) => state.savingFails);
  const filtered = !folded && shown < all - hidden;
  if (!filtered && hidden === 0 && !(unsaved > 0 && away)) return null;
  return (
    <p className="moments-note num">
      {filtered && <span>{detections.someShown(shown, all)}</span>}
      {hidden > 0 && (
        <button type="button" onClick={() => review.showHidden()}>
          {detections.showHidden(hidden)}
        </button>
      )}
      {unsaved > 0 && away && <span role="status">{detections.verdictsWait(unsaved)}</span>}
    </p>
  );
}

/** Keeps the moment under the playhead in sight while it plays, unless somebody works in the list. */
function useFollow(
  lines: readonly Line[],
  reveal: (line: number) => void,
  list: React.RefObject<HTMLElement | null>,
): void {
  const positionS = usePlayback((state) => state.positionS);
  const under = lines.findLastIndex((line) => line.kind === "moment" && isUnder(line.moment, positionS));
  // biome-ignore lint/correctness/useExhaustiveDependencies: it follows the playhead, not the list
  useEffect(() => {
    if (under >= 0 && !list.current?.contains(document.activeElement)) reveal(under);
  }, [under]);
}

export function isUnder(moment: Moment, positionS: number): boolean {
  return !isRejected(moment) && moment.onset_s <= positionS && positionS < moment.offset_s;
}

/** The returned function brings the focus to the line in hand, wherever that is by then. */
function useFocus(
  list: React.RefObject<HTMLElement | null>,
  at: number,
  reveal: (line: number, page?: boolean) => void,
  first: number,
  stop: number,
): () => void {
  const wanted = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at after every rendering until it is there
  useLayoutEffect(() => {
    if (!wanted.current || at < 0) return;
    reveal(at, true);
    const button = list.current?.querySelector<HTMLElement>(".moment[data-chosen]");
    if (!button) return;
    button.focus();
    wanted.current = false;
  }, [at, first, stop, reveal]);
  return () => {
    wanted.current = true;
  };
}
