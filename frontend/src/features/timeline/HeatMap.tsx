import { useCallback, useMemo } from "react";
import { formatClock } from "../../lib/format";
import { Canvas, type Surface } from "../../ui/Canvas";
import { usePalette } from "../../ui/palette";
import { replacePrompt } from "../prompts/split";
import { useSession, useView, useWorkspace } from "../session/context";
import { timeToX } from "./geometry";
import { MomentsTable } from "./MomentsTable";
import { type HeatRow, paintHeat } from "./paint-heat";
import { maxFrom } from "./sampling";
import { useDetail } from "./use-detail";
import { useHeard } from "./use-heard";

const NONE: string[] = [];

export function HeatMap(props: { rowHeight: number }) {
  const { rowHeight } = props;
  const { session } = useWorkspace();
  const palette = usePalette();
  const view = useView((state) => state.view);
  const version = useSession((state) => state.matrixVersion);
  const prompts = useSession((state) => state.prompts);
  const infos = useSession((state) => state.infos);
  const settings = useSession((state) => state.rows);
  const detections = useSession((state) => state.detections);
  const heard = useHeard();
  const detail = useDetail();

  const rows = useMemo(
    () =>
      prompts.map((prompt): HeatRow => {
        const own = detections.filter((moment) => moment.prompt === prompt);
        const moments = own.map(({ onset_s, offset_s }) => [onset_s, offset_s] as const);
        return {
          prompt,
          covered: infos[prompt]?.covered ?? true,
          muted: settings[prompt]?.muted ?? false,
          moments,
        };
      }),
    [prompts, infos, settings, detections],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: the matrix changes behind its version
  const paint = useCallback(
    (surface: Surface) =>
      paintHeat(surface, {
        view,
        rows,
        rowHeight,
        palette,
        maxIn: maxFrom(session.matrix, detail),
        heardUntilS: heard.untilS,
        front: heard.running,
        complete: heard.complete,
      }),
    [session, view, rows, rowHeight, palette, detail, version, heard.untilS, heard.running, heard.complete],
  );

  const range = `${formatClock(view.startS)} to ${formatClock(view.endS)}`;
  return (
    <>
      <div className="heat-canvas" style={{ height: rows.length * rowHeight }}>
        {rows.length > 0 && (
          <Canvas
            paint={paint}
            label={`Heatmap of ${rows.length} prompts, ${range}; the table that follows lists its moments`}
          />
        )}
      </div>
      <CellMark rowHeight={rowHeight} />
      <MomentsTable />
      {rows.map((row, index) =>
        row.covered ? null : (
          <Replacements key={row.prompt} prompt={row.prompt} top={index * rowHeight} height={rowHeight} />
        ),
      )}
    </>
  );
}

/** A ring on the score under inspection. */
function CellMark(props: { rowHeight: number }) {
  const cell = useView((state) => state.cell);
  const view = useView((state) => state.view);
  const row = useSession((state) => (cell ? state.prompts.indexOf(cell.prompt) : -1));
  if (!cell || row < 0) return null;
  const left = timeToX(view, 100, cell.timeS);
  if (left < 0 || left > 100) return null;
  return <div className="cell-mark" style={{ left: `${left}%`, top: (row + 0.5) * props.rowHeight }} />;
}

/** On the hatched row of a prompt the model does not know: the nearest it does know, one click away. */
function Replacements(props: { prompt: string; top: number; height: number }) {
  const { session } = useWorkspace();
  const prompts = useSession((state) => state.prompts);
  const nearest = useSession((state) => state.infos[props.prompt]?.nearest ?? NONE);
  return (
    <div className="replacements" style={{ top: props.top, height: props.height }}>
      <span className="replacements-words">
        {nearest.length > 0 ? "This model has no such sound. Nearest:" : "This model has no such sound."}
      </span>
      {nearest.map((label) => (
        <button
          key={label}
          type="button"
          className="chip chip-small"
          aria-label={`Look for ${label} instead of ${props.prompt}`}
          onClick={() => session.setPrompts(replacePrompt(prompts, props.prompt, [label]))}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
