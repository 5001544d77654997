import { useEffect, useMemo, useState } from "react";
import { getPeaks } from "../../api/client";
import type { Peaks } from "../../api/types";
import { useSession, useView, useWorkspace } from "../session/context";
import { isRunning } from "../session/session-state";
import { spanOf } from "./geometry";
import { useSettledView } from "./use-settled-view";

const MAX_COLUMNS = 1600;
const SETTLE_MS = 120;
const REFRESH_MS = 700;
/** Of the view, at each of its sides: a small pan finds the level there already. */
const MARGIN = 0.5;

/**
 * The waveform, the finest last: of the whole recording once it is there, and of the stretch on show, asked again
 * when the view settles and as more of it becomes known.
 */
export function usePeaks(): readonly Peaks[] {
  const { session } = useWorkspace();
  const view = useSettledView(SETTLE_MS);
  const durationS = useView((state) => state.durationS);
  const running = useSession((state) => isRunning(state.recording));
  const [whole, setWhole] = useState<Peaks | null>(null);
  const [near, setNear] = useState<Peaks | null>(null);
  const [round, setRound] = useState(0);

  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setRound((count) => count + 1), REFRESH_MS);
    return () => {
      clearInterval(timer);
      setRound((count) => count + 1);
    };
  }, [running]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` asks again for what has grown since
  useEffect(() => {
    if (durationS <= 0) return;
    const request = new AbortController();
    const marginS = MARGIN * spanOf(view);
    const fromS = Math.max(0, view.startS - marginS);
    const toS = Math.min(durationS, view.endS + marginS);
    const columns = Math.ceil((MAX_COLUMNS * (toS - fromS)) / spanOf(view));
    // Without a waveform the lane stays empty; the map does not depend on it.
    getPeaks(
      session.id,
      { fromS, toS, maxColumns: columns },
      AbortSignal.any([request.signal, session.requests]),
    ).then(
      (peaks) => {
        setNear(peaks);
        if (!running && toS - fromS >= durationS) setWhole(peaks);
      },
      () => undefined,
    );
    return () => request.abort();
  }, [session, view, durationS, running, round]);

  const isZoomed = spanOf(view) < durationS * 0.999;
  useEffect(() => {
    if (running || !isZoomed || whole || durationS <= 0) return;
    const request = new AbortController();
    const span = { fromS: 0, toS: durationS, maxColumns: MAX_COLUMNS };
    getPeaks(session.id, span, AbortSignal.any([request.signal, session.requests])).then(
      setWhole,
      () => undefined,
    );
    return () => request.abort();
  }, [session, durationS, running, isZoomed, whole]);

  return useMemo(() => [whole, near].filter((peaks) => peaks !== null), [whole, near]);
}
