import { useCallback, useRef } from "react";
import { useLanguage, useWords } from "../../i18n/language";
import { formatClock, formatNumber } from "../../lib/format";
import { Canvas, type Surface } from "../../ui/Canvas";
import { usePalette } from "../../ui/palette";
import { SortMenu } from "../prompts/SortMenu";
import { useView, useWorkspace } from "../session/context";
import { ChapterLane } from "./ChapterLane";
import { timeToX } from "./geometry";
import { heardOf } from "./heard";
import { Lane } from "./Lane";
import { MinimapLane } from "./MinimapLane";
import { paintAxis, paintSpectrum, paintWave } from "./paint-lanes";
import { ticksFor } from "./ticks";
import { usePeaks } from "./use-peaks";
import { useRedraw } from "./use-redraw";
import { useSettledView } from "./use-settled-view";
import { useSpectrum } from "./use-spectrum";
import { useTrackWidth } from "./use-track-width";

const TICK_GAP_PX = 72;
const SPOKEN_AFTER_MS = 100;

function WaveLane() {
  const { session, viewport } = useWorkspace();
  const { timeline } = useWords();
  const palette = usePalette();
  const waves = usePeaks();
  const watch = useRedraw();
  const paint = useCallback(
    (surface: Surface) => {
      const heard = heardOf(session);
      const heardUntilS = heard.complete ? Number.POSITIVE_INFINITY : heard.untilS;
      paintWave(surface, palette, viewport.store.getState().view, waves, heardUntilS);
    },
    [session, viewport, palette, waves],
  );
  return (
    <Lane kind="wave" label={timeline.level}>
      <Canvas paint={paint} watch={watch} />
    </Lane>
  );
}

function SpectrumLane() {
  const { session, viewport } = useWorkspace();
  const { timeline } = useWords();
  const palette = usePalette();
  const track = useRef<HTMLDivElement>(null);
  const width = useTrackWidth(track);
  const { info, tilesFor } = useSpectrum(Math.round(width * (window.devicePixelRatio || 1)));
  const watch = useRedraw();
  const paint = useCallback(
    (surface: Surface) => {
      const { view } = viewport.store.getState();
      const tiles = tilesFor(view);
      const heard = heardOf(session);
      const knownS = tiles.reduce((untilS, tile) => Math.max(untilS, tile.endS), 0);
      const untilS = heard.complete ? view.endS : Math.min(heard.untilS, knownS);
      const heardX = timeToX(view, surface.width, untilS);
      paintSpectrum(surface, palette, view, tiles, Math.max(0, Math.min(surface.width, heardX)));
    },
    [session, viewport, palette, tilesFor],
  );
  return (
    <Lane
      kind="spectrum"
      label={
        <>
          <span>{timeline.spectrum}</span>
          {info && (
            <span className="num lane-unit">{timeline.toKhz(formatNumber(info.max_hz / 1000, 0))}</span>
          )}
        </>
      }
    >
      <div ref={track} className="fill">
        <Canvas paint={paint} watch={watch} />
      </div>
    </Lane>
  );
}

function AxisLane() {
  const { viewport } = useWorkspace();
  const { common, timeline } = useWords();
  const language = useLanguage((state) => state.language);
  const palette = usePalette();
  const known = useView((state) => state.durationS > 0);
  const { startS, endS } = useSettledView(SPOKEN_AFTER_MS);
  const watch = useRedraw();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the language decides how its times are written
  const paint = useCallback(
    (surface: Surface) => {
      const { view } = viewport.store.getState();
      if (known) paintAxis(surface, palette, view, ticksFor(view, surface.width, TICK_GAP_PX));
    },
    [viewport, palette, known, language],
  );
  return (
    <Lane kind="axis" label={<SortMenu />}>
      <Canvas
        paint={paint}
        watch={watch}
        label={timeline.axis(common.range(formatClock(startS), formatClock(endS)))}
      />
    </Lane>
  );
}

export function Lanes() {
  const { session } = useWorkspace();
  return (
    <>
      {/* On its own, above the playhead: what lies on the shared time axis must not reach into it. */}
      <MinimapLane />
      <div className="lanes">
        <ChapterLane />
        <WaveLane />
        <SpectrumLane key={session.id} />
        <AxisLane />
      </div>
    </>
  );
}
