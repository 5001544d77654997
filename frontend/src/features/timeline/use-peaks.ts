import { useEffect, useState } from "react";
import { getPeaks } from "../../api/client";
import type { Peaks } from "../../api/types";
import { useSession, useView, useWorkspace } from "../session/context";
import { isRunning } from "../session/session-state";

const MAX_COLUMNS = 1600;
const SETTLE_MS = 120;
const REFRESH_MS = 700;

/** The waveform of the stretch on show; asked again when the view settles, and as more of it becomes known. */
export function usePeaks(): Peaks | null {
  const { session } = useWorkspace();
  const view = useView((state) => state.view);
  const durationS = useView((state) => state.durationS);
  const running = useSession((state) => isRunning(state.recording));
  const [peaks, setPeaks] = useState<Peaks | null>(null);
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
    const timer = setTimeout(() => {
      const span = { fromS: view.startS, toS: view.endS, maxColumns: MAX_COLUMNS };
      // Without a waveform the lane stays empty; the map does not depend on it.
      getPeaks(session.id, span, AbortSignal.any([request.signal, session.requests])).then(
        setPeaks,
        () => undefined,
      );
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      request.abort();
    };
  }, [session, view, durationS, round]);

  return peaks;
}
