import { useCallback, useEffect, useRef, useState } from "react";
import { getSpectrogramInfo, getSpectrogramTile } from "../../api/client";
import type { SpectrogramInfo } from "../../api/types";
import { useSettings } from "../../app/settings";
import { useSession, useView, useWorkspace } from "../session/context";
import { isRunning } from "../session/session-state";
import { colourTable } from "./colour";
import type { View } from "./geometry";
import type { PaintedTile } from "./paint-lanes";
import { expectedColumns, paintTile, tileKey, tilesOnHand, visibleTiles } from "./spectrum-tiles";
import { useSettledView } from "./use-settled-view";

const REFRESH_MS = 700;
const SETTLE_MS = 80;
/** About 25 MB of pixels; the oldest tiles go first. */
const MAX_TILES = 128;

export interface Spectrum {
  info: SpectrogramInfo | null;
  /** What there is to paint for a view; another function once there is more. */
  tilesFor: (view: View) => PaintedTile[];
}

/** The spectrum of the stretch on show, tile by tile, while it grows and as the view moves. */
export function useSpectrum(pixels: number): Spectrum {
  const scale = useSettings((state) => state.scale);
  const { session } = useWorkspace();
  const view = useSettledView(SETTLE_MS);
  const known = useView((state) => state.durationS > 0);
  const running = useSession((state) => isRunning(state.recording));
  const [info, setInfo] = useState<SpectrogramInfo | null>(null);
  const [loaded, setLoaded] = useState(0);
  const caches = useRef(new Map<string, Map<string, PaintedTile>>());

  useEffect(() => {
    if (!known) return;
    const request = new AbortController();
    const ask = () =>
      getSpectrogramInfo(session.id, AbortSignal.any([request.signal, session.requests])).then(
        setInfo,
        () => undefined,
      ); // The lane stays empty.
    void ask();
    const timer = running ? setInterval(ask, REFRESH_MS) : null;
    return () => {
      request.abort();
      if (timer !== null) clearInterval(timer);
    };
  }, [session, known, running]);

  useEffect(() => {
    if (!info) return;
    const request = new AbortController();
    const signal = AbortSignal.any([request.signal, session.requests]);
    const cache = cacheOf(caches.current, scale);
    const load = async () => {
      for (const address of visibleTiles(info, view, pixels)) {
        const key = tileKey(address);
        const present = cache.get(key);
        if (present && present.columns >= expectedColumns(info, address)) continue;
        const bytes = await getSpectrogramTile(session.id, address.level, address.tile, signal);
        const painted = paintTile(bytes, info, address, colourTable(scale));
        if (request.signal.aborted) return;
        if (!painted) continue;
        cache.set(key, painted);
        const oldest = cache.keys().next().value;
        if (cache.size > MAX_TILES && oldest !== undefined) cache.delete(oldest);
        setLoaded((count) => count + 1);
      }
    };
    load().catch(() => undefined); // The lane stays empty; the map does not depend on it.
    return () => request.abort();
  }, [session, info, view, pixels, scale]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a tile more is another picture
  const tilesFor = useCallback(
    (shown: View) => (info ? tilesOnHand(cacheOf(caches.current, scale), info, shown, pixels) : []),
    [info, pixels, scale, loaded],
  );
  return { info, tilesFor };
}

/** Tiles are kept as pixels, so those of another scale are other tiles; only one scale's are kept. */
function cacheOf(caches: Map<string, Map<string, PaintedTile>>, scale: string): Map<string, PaintedTile> {
  let cache = caches.get(scale);
  if (!cache) {
    caches.clear();
    cache = new Map();
    caches.set(scale, cache);
  }
  return cache;
}
