import { type PointerEvent, useCallback, useEffect, useMemo, useRef } from "react";
import { useWords } from "../../i18n/language";
import { throttled } from "../../lib/throttled";
import { Canvas, type Surface, type Watch } from "../../ui/Canvas";
import { usePalette } from "../../ui/palette";
import { useSession, useView, useWorkspace } from "../session/context";
import type { RecordingSession } from "../session/session";
import { timeToX, type View, xToTime } from "./geometry";
import { heardOf } from "./heard";
import { Lane } from "./Lane";
import { paintMinimap } from "./paint-lanes";
import { isWhole } from "./view-store";

/** The whole recording at a glance. A click goes there; while zoomed in, dragging moves the view along. */
export function MinimapLane() {
  const { session, viewport, seek } = useWorkspace();
  const { timeline } = useWords();
  const palette = usePalette();
  const durationS = useView((state) => state.durationS);
  const settings = useSession((state) => state.rows);
  const watch = useMemo(() => newScores(session), [session]);

  const paint = useCallback(
    (surface: Surface) => {
      const { matrix } = session;
      const { untilS, complete } = heardOf(session);
      const prompts = matrix.prompts.filter((prompt) => !settings[prompt]?.muted);
      const fill = (whole: View, pixels: Float32Array) => {
        const own = new Float32Array(pixels.length);
        pixels.fill(Number.NaN);
        for (const prompt of prompts) {
          matrix.fill(prompt, whole, own);
          for (let pixel = 0; pixel < own.length; pixel += 1) {
            if (own[pixel] > pixels[pixel] || Number.isNaN(pixels[pixel])) pixels[pixel] = own[pixel];
          }
        }
      };
      paintMinimap(surface, { durationS, heardUntilS: untilS, complete, palette, fill });
    },
    [session, durationS, settings, palette],
  );

  const go = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const timeS = xToTime({ startS: 0, endS: durationS }, box.width, event.clientX - box.left);
    if (isWhole(viewport.store.getState())) seek(timeS);
    else viewport.centreOn(timeS);
  };

  return (
    <Lane kind="mini" label={timeline.wholeRecording}>
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
        <Canvas paint={paint} watch={watch} />
        <ViewFrame />
      </div>
    </Lane>
  );
}

/** While more is heard all the time, the whole is painted anew this often. */
const EVERY_MS = 100;

/** Has the minimap painted anew for other scores, and not for another view: it always shows everything. */
function newScores(session: RecordingSession): Watch {
  return (redraw) => {
    const soon = throttled(EVERY_MS, redraw);
    const forget = session.store.subscribe((now, before) => {
      if (now.matrixVersion !== before.matrixVersion || now.recording?.state !== before.recording?.state)
        soon();
    });
    return () => {
      forget();
      soon.cancel();
    };
  };
}

/** A frame around what the other lanes show; apart from the canvas, and past React, for it moves with the pointer. */
function ViewFrame() {
  const { viewport } = useWorkspace();
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = () => {
      const { view, durationS } = viewport.store.getState();
      const whole = { startS: 0, endS: Math.max(durationS, 1e-3) };
      const left = timeToX(whole, 100, view.startS);
      if (!frame.current) return;
      frame.current.style.left = `${left}%`;
      frame.current.style.width = `${timeToX(whole, 100, view.endS) - left}%`;
    };
    place();
    return viewport.store.subscribe(place);
  }, [viewport]);
  return <div ref={frame} className="mini-frame" />;
}
