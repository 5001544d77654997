import { type PointerEvent, useCallback } from "react";
import { Canvas, type Surface } from "../../ui/Canvas";
import { usePalette } from "../../ui/palette";
import { useSession, useView, useWorkspace } from "../session/context";
import { timeToX, xToTime } from "./geometry";
import { Lane } from "./Lane";
import { paintMinimap } from "./paint-lanes";
import { useHeard } from "./use-heard";
import { isWhole } from "./view-store";

/** The whole recording at a glance. A click goes there; while zoomed in, dragging moves the view along. */
export function MinimapLane() {
  const { session, viewport, seek } = useWorkspace();
  const palette = usePalette();
  const view = useView((state) => state.view);
  const durationS = useView((state) => state.durationS);
  const version = useSession((state) => state.matrixVersion);
  const settings = useSession((state) => state.rows);
  const heard = useHeard();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the matrix changes behind its version
  const paint = useCallback(
    (surface: Surface) => {
      const { matrix } = session;
      const prompts = matrix.prompts.filter((prompt) => !settings[prompt]?.muted);
      const maxIn = (fromS: number, toS: number) => {
        let best = Number.NaN;
        for (const prompt of prompts) {
          const score = matrix.maxIn(prompt, fromS, toS);
          if (!Number.isNaN(score) && !(score <= best)) best = score;
        }
        return best;
      };
      const { untilS, complete } = heard;
      paintMinimap(surface, { durationS, heardUntilS: untilS, complete, palette, maxIn });
    },
    [session, durationS, version, settings, heard.untilS, heard.complete, palette],
  );

  const go = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const timeS = xToTime({ startS: 0, endS: durationS }, box.width, event.clientX - box.left);
    if (isWhole({ view, durationS })) seek(timeS);
    else viewport.centreOn(timeS);
  };

  return (
    <Lane kind="mini" label="Whole recording">
      <div
        className="fill"
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.stopPropagation();
          event.currentTarget.setPointerCapture(event.pointerId);
          go(event);
        }}
        onPointerMove={(event) => {
          event.stopPropagation();
          if (event.buttons & 1) go(event);
        }}
      >
        <Canvas paint={paint} />
        <ViewFrame />
      </div>
    </Lane>
  );
}

/** A frame around what the other lanes show; apart from the canvas, which need not be painted when the view moves. */
function ViewFrame() {
  const view = useView((state) => state.view);
  const durationS = useView((state) => state.durationS);
  const whole = { startS: 0, endS: Math.max(durationS, 1e-3) };
  const left = timeToX(whole, 100, view.startS);
  const width = timeToX(whole, 100, view.endS) - left;
  return <div className="mini-frame" style={{ left: `${left}%`, width: `${width}%` }} />;
}
