import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import { useWords } from "../../i18n/language";
import { useSession, useView, useWorkspace } from "../session/context";
import { thresholdOf } from "../session/session-state";
import {
  cellSpan,
  cellStep,
  cellWords,
  columnAt,
  columnsOf,
  type Field,
  moveBy,
  type Place,
} from "./cell-grid";
import { spanOf, timeToX } from "./geometry";
import { useTrackWidth } from "./use-track-width";

const FALLBACK_FRAME_S = 0.1;
const START: Place = { row: 0, timeS: 0 };

/**
 * The map as a grid for the keyboard and for screen readers: a row per prompt, a column per stretch of time at the
 * present zoom. Ten hours hold thousands of cells, so only those around the cursor are there; each says its row and
 * column. The pointer passes through to the stage, which has its own ways.
 */
export function HeatGrid({ rowHeight }: { rowHeight: number }) {
  const { session, viewport, seek } = useWorkspace();
  const { timeline } = useWords();
  const grid = useRef<HTMLDivElement>(null);
  const width = useTrackWidth(grid);
  const [focused, setFocused] = useState(false);
  const [place, setPlace] = useState(START);
  /** The cell that was left last stays, so that the focus moves from one to the other. */
  const [from, setFrom] = useState(START);
  const prompts = useSession((state) => state.prompts);
  const frameS = useSession((state) => state.recording?.seconds_per_frame) ?? FALLBACK_FRAME_S;
  const stepS = useView(({ view }) => cellStep(view, width, frameS));
  const spanS = useView(({ view }) => Math.round(spanOf(view) / stepS) * stepS);
  const durationS = useView((state) => state.durationS);
  const moved = useRef(false);

  useLayoutEffect(() => {
    // A zoom makes other cells of the map; the focus goes from the one that went to the one in its place.
    const lost = focused && document.activeElement === document.body;
    if (!moved.current && !lost) return;
    moved.current = false;
    grid.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  });

  if (prompts.length === 0) return null;
  const field: Field = { rows: prompts.length, stepS, durationS, spanS };
  const row = Math.min(place.row, prompts.length - 1);
  const column = columnAt(place.timeS, field);
  const columns = new Set([column - 1, column, column + 1]);
  if (from.row === row) columns.add(columnAt(from.timeS, field));
  const near = [...columns].filter((one) => one >= 0 && one < columnsOf(field)).sort((a, b) => a - b);

  const go = (to: Place) => {
    const { startS, endS } = cellSpan(columnAt(to.timeS, field), field);
    viewport.bringIntoView(startS, endS);
    setFrom(place);
    setPlace(to);
    moved.current = true;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.metaKey) return;
    const to = moveBy({ key: event.key, ctrl: event.ctrlKey }, { ...place, row }, field);
    if (to) go(to);
    else if (event.key === "Enter") seek(cellSpan(column, field).startS);
    else if (event.key === "i" && !event.ctrlKey) {
      const { startS, endS } = cellSpan(column, field);
      viewport.inspect({ prompt: prompts[row], timeS: session.matrix.peakTime(prompts[row], startS, endS) });
    } else return;
    event.preventDefault();
  };
  /** Coming from elsewhere one lands on what is on show. */
  const onFocus = () => {
    if (focused) return;
    setFocused(true);
    const { startS, endS } = viewport.store.getState().view;
    const cell = cellSpan(column, field);
    if (cell.endS <= startS || cell.startS >= endS) go({ row, timeS: startS + stepS / 2 });
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a table of thousands of columns that is mostly not there is a grid
    <div
      ref={grid}
      className="heat-grid"
      role="grid"
      aria-label={timeline.grid}
      aria-rowcount={prompts.length}
      aria-colcount={columnsOf(field)}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
      onBlur={(event) => setFocused(event.currentTarget.contains(event.relatedTarget))}
    >
      {prompts.map((prompt, index) => (
        // biome-ignore lint/a11y/useSemanticElements: as above
        // biome-ignore lint/a11y/useFocusableInteractive: its cells take the focus
        <div key={prompt} role="row" aria-rowindex={index + 1}>
          {(index === row ? near : [column]).map((one) => (
            <Cell
              key={one}
              prompt={prompt}
              column={one}
              field={field}
              top={index * rowHeight}
              height={rowHeight}
              current={index === row && one === column}
              live={focused}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

function Cell(props: {
  prompt: string;
  column: number;
  field: Field;
  top: number;
  height: number;
  /** The one that the Tab key comes to. */
  current: boolean;
  /** Whether somebody walks the grid, so that what cells say has to be of now. */
  live: boolean;
}) {
  const { prompt, column, field, current, live } = props;
  const { session } = useWorkspace();
  useWords(); // What the cell says is said anew in another language.
  const span = cellSpan(column, field);
  const view = useView((state) => (current && live ? state.view : null));
  const words = useSession((state) =>
    cellWords({
      prompt,
      span,
      score: session.matrix.maxIn(prompt, span.startS, span.endS),
      threshold: thresholdOf(state, prompt),
      covered: state.infos[prompt]?.covered ?? true,
      muted: state.rows[prompt]?.muted ?? false,
    }),
  );
  const left = view ? Math.max(0, timeToX(view, 100, span.startS)) : 0;
  const right = view ? Math.min(100, timeToX(view, 100, span.endS)) : 0;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a cell of the grid above
    <div
      className="heat-cell"
      role="gridcell"
      tabIndex={current ? 0 : -1}
      aria-colindex={column + 1}
      aria-label={words}
      style={{
        top: props.top,
        height: props.height,
        left: `${left}%`,
        width: `${Math.max(0, right - left)}%`,
      }}
    />
  );
}
