import { useCallback, useRef } from "react";
import { formatClock } from "../../lib/format";
import { Canvas, type Surface } from "../../ui/Canvas";
import { usePalette } from "../../ui/palette";
import { SortMenu } from "../prompts/SortMenu";
import { useView, useWorkspace } from "../session/context";
import { ChapterLane } from "./ChapterLane";
import { timeToX } from "./geometry";
import { Lane } from "./Lane";
import { MinimapLane } from "./MinimapLane";
import { paintAxis, paintSpectrum, paintWave } from "./paint-lanes";
import { ticksFor } from "./ticks";
import { useHeard } from "./use-heard";
import { usePeaks } from "./use-peaks";
import { useSpectrum } from "./use-spectrum";
import { useTrackWidth } from "./use-track-width";

const TICK_GAP_PX = 72;

function WaveLane() {
  const palette = usePalette();
  const view = useView((state) => state.view);
  const peaks = usePeaks();
  const heard = useHeard();
  const heardUntilS = heard.complete ? Number.POSITIVE_INFINITY : heard.untilS;
  const paint = useCallback(
    (surface: Surface) => {
      if (peaks) paintWave(surface, palette, view, peaks, heardUntilS);
    },
    [palette, view, peaks, heardUntilS],
  );
  return (
    <Lane kind="wave" label="Level">
      <Canvas paint={paint} />
    </Lane>
  );
}

function SpectrumLane() {
  const palette = usePalette();
  const view = useView((state) => state.view);
  const track = useRef<HTMLDivElement>(null);
  const width = useTrackWidth(track);
  const spectrum = useSpectrum(Math.round(width * (window.devicePixelRatio || 1)));
  const heard = useHeard();
  const tiles = spectrum?.tiles;
  const paint = useCallback(
    (surface: Surface) => {
      const knownS = Math.max(0, ...(tiles ?? []).map((tile) => tile.endS));
      const untilS = heard.complete ? view.endS : Math.min(heard.untilS, knownS);
      const heardX = timeToX(view, surface.width, untilS);
      paintSpectrum(surface, palette, view, tiles ?? [], Math.max(0, Math.min(surface.width, heardX)));
    },
    [palette, view, tiles, heard.complete, heard.untilS],
  );
  const topHz = spectrum?.info.max_hz;
  return (
    <Lane
      kind="spectrum"
      label={
        <>
          <span>Spectrum</span>
          {topHz !== undefined && <span className="num lane-unit">to {Math.round(topHz / 1000)} kHz</span>}
        </>
      }
    >
      <div ref={track} className="fill">
        <Canvas paint={paint} />
      </div>
    </Lane>
  );
}

function AxisLane() {
  const palette = usePalette();
  const view = useView((state) => state.view);
  const known = useView((state) => state.durationS > 0);
  const paint = useCallback(
    (surface: Surface) => {
      if (known) paintAxis(surface, palette, view, ticksFor(view, surface.width, TICK_GAP_PX));
    },
    [palette, view, known],
  );
  return (
    <Lane kind="axis" label={<SortMenu />}>
      <Canvas paint={paint} label={`Time axis, ${formatClock(view.startS)} to ${formatClock(view.endS)}`} />
    </Lane>
  );
}

export function Lanes() {
  const { session } = useWorkspace();
  return (
    <div className="lanes">
      <MinimapLane />
      <ChapterLane />
      <WaveLane />
      <SpectrumLane key={session.id} />
      <AxisLane />
    </div>
  );
}
