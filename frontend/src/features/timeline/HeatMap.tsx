import { useCallback, useMemo } from "react";
import type { Detection } from "../../api/types";
import { useWords } from "../../i18n/language";
import { Canvas, type Surface } from "../../ui/Canvas";
import { usePalette } from "../../ui/palette";
import { useSession, useView, useWorkspace } from "../session/context";
import { noteOf } from "../session/prompt-note";
import { timeToX } from "./geometry";
import { HeatGrid } from "./HeatGrid";
import { heardOf } from "./heard";
import { MomentsTable } from "./MomentsTable";
import { type HeatRow, paintHeat } from "./paint-heat";
import { type Fill, fillFrom } from "./sampling";
import { useDetail } from "./use-detail";
import { useRedraw } from "./use-redraw";

const NONE: string[] = [];
const NO_MOMENTS: HeatRow["moments"] = [];
/** With more unknown rows than this one line tells of all of them. */
const MOST_TOLD = 3;
/** Rows per canvas: those out of sight are not painted. */
const CHUNK = 8;

export function HeatMap(props: { rowHeight: number }) {
  const { rowHeight } = props;
  const prompts = useSession((state) => state.prompts);
  const infos = useSession((state) => state.infos);
  const settings = useSession((state) => state.rows);
  const detections = useSession((state) => state.detections);

  const chunks = useMemo(() => {
    const moments = momentsByPrompt(detections);
    const rows = prompts.map(
      (prompt): HeatRow => ({
        prompt,
        covered: infos[prompt]?.covered ?? true,
        muted: settings[prompt]?.muted ?? false,
        colour: settings[prompt]?.colour,
        moments: moments.get(prompt) ?? NO_MOMENTS,
      }),
    );
    const count = Math.ceil(rows.length / CHUNK);
    return Array.from({ length: count }, (_, chunk) => rows.slice(chunk * CHUNK, (chunk + 1) * CHUNK));
  }, [prompts, infos, settings, detections]);

  const unknown = prompts.filter((prompt) => infos[prompt]?.covered === false).length;
  return (
    <>
      <div className="heat-canvas">
        <HeatChunks chunks={chunks} rowHeight={rowHeight} />
      </div>
      <CellMark rowHeight={rowHeight} />
      <HeatGrid rowHeight={rowHeight} />
      <MomentsTable />
      {prompts.map((prompt, index) =>
        (infos[prompt]?.covered ?? true) ? null : (
          <Replacements
            key={prompt}
            prompt={prompt}
            top={index * rowHeight}
            height={rowHeight}
            quiet={unknown > MOST_TOLD}
          />
        ),
      )}
    </>
  );
}

/** Moments come in the order of their onsets, and stay in it. */
function momentsByPrompt(detections: readonly Detection[]): Map<string, Array<readonly [number, number]>> {
  const found = new Map<string, Array<readonly [number, number]>>();
  for (const { prompt, onset_s, offset_s } of detections) {
    const own = found.get(prompt);
    if (own) own.push([onset_s, offset_s]);
    else found.set(prompt, [[onset_s, offset_s]]);
  }
  return found;
}

function HeatChunks({ chunks, rowHeight }: { chunks: HeatRow[][]; rowHeight: number }) {
  const { session } = useWorkspace();
  const detail = useDetail();
  const fill = useMemo(() => fillFrom(session.matrix, detail), [session, detail]);
  return chunks.map((rows, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a canvas is where it is, whatever rows it shows
    <HeatChunk key={index} rows={rows} rowHeight={rowHeight} fill={fill} />
  ));
}

function HeatChunk({ rows, rowHeight, fill }: { rows: HeatRow[]; rowHeight: number; fill: Fill }) {
  const { session, viewport } = useWorkspace();
  const palette = usePalette();
  const watch = useRedraw();
  const paint = useCallback(
    (surface: Surface) => {
      const { untilS, running, complete } = heardOf(session);
      const { view } = viewport.store.getState();
      const heard = { heardUntilS: untilS, front: running, complete };
      paintHeat(surface, { view, rows, rowHeight, palette, fill, ...heard });
    },
    [session, viewport, rows, rowHeight, palette, fill],
  );
  return (
    <div style={{ height: rows.length * rowHeight }}>
      <Canvas paint={paint} watch={watch} />
    </div>
  );
}

/** A ring on the score under inspection. */
function CellMark(props: { rowHeight: number }) {
  const cell = useView((state) => state.cell);
  const left = useView(({ cell: at, view }) => (at ? timeToX(view, 100, at.timeS) : -1));
  const row = useSession((state) => (cell ? state.prompts.indexOf(cell.prompt) : -1));
  if (row < 0 || left < 0 || left > 100) return null;
  return <div className="cell-mark" style={{ left: `${left}%`, top: (row + 0.5) * props.rowHeight }} />;
}

/** On the hatched row of a prompt the model does not know: the nearest it does know, one click away. */
function Replacements(props: { prompt: string; top: number; height: number; quiet: boolean }) {
  const { session } = useWorkspace();
  const { timeline } = useWords();
  const nearest = useSession((state) => state.infos[props.prompt]?.nearest ?? NONE);
  const note = useSession((state) => noteOf(state.infos[props.prompt]));
  return (
    <div
      className="replacements"
      data-quiet={props.quiet || undefined}
      style={{ top: props.top, height: props.height }}
    >
      {!props.quiet && (
        <span className="replacements-words">
          {note ?? timeline.noSuchSound}
          {nearest.length > 0 && ` ${timeline.nearest}`}
        </span>
      )}
      {nearest.map((label) => (
        <button
          key={label}
          type="button"
          className="chip chip-small"
          aria-label={timeline.replace(label, props.prompt)}
          onClick={() => session.replaceRow(props.prompt, [label])}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
