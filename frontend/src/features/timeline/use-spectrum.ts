import { useEffect, useRef, useState } from "react";
import { getSpectrogramInfo, getSpectrogramTile } from "../../api/client";
import type { SpectrogramInfo } from "../../api/types";
import { useSettings } from "../../app/settings";
import { useSession, useView, useWorkspace } from "../session/context";
import { isRunning } from "../session/session-state";
import { colourTable } from "./colour";
import type { PaintedTile } from "./paint-lanes";
import { expectedColumns, paintTile, visibleTiles } from "./spectrum-tiles";

const REFRESH_MS = 700;
const SETTLE_MS = 80;
/** About 25 MB of pixels; the oldest tiles go first. */
const MAX_TILES = 128;

export interface Spectrum {
  info: SpectrogramInfo;
  tiles: PaintedTile[];
}

/** The spectrum of the stretch on show, tile by tile, while it grows and as the view moves. */
export function useSpectrum(pixels: number): Spectrum | null {
  const scale = useSettings((state) => state.scale);
  const { session } = useWorkspace();
  const view = useView((state) => state.view);
  const known = useView((state) => state.durationS > 0);
  const running = useSession((state) => isRunning(state.recording));
  const [info, setInfo] = useState<SpectrogramInfo | null>(null);
  const [tiles, setTiles] = useState<PaintedTile[]>([]);
  const cache = useRef(new Map<string, PaintedTile>());

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
    const wanted = visibleTiles(info, view, pixels);
    const keyOf = (level: number, tile: number) => `${scale} ${level}/${tile}`;
    const show = () =>
      setTiles(wanted.flatMap(({ level, tile }) => cache.current.get(keyOf(level, tile)) ?? []));
    show();
    const timer = setTimeout(async () => {
      for (const address of wanted) {
        const key = keyOf(address.level, address.tile);
        const present = cache.current.get(key);
        if (present && present.columns >= expectedColumns(info, address)) continue;
        try {
          const bytes = await getSpectrogramTile(
            session.id,
            address.level,
            address.tile,
            AbortSignal.any([request.signal, session.requests]),
          );
          const painted = paintTile(bytes, info, address, colourTable(scale));
          if (!painted || request.signal.aborted) continue;
          cache.current.set(key, painted);
          const oldest = cache.current.keys().next().value;
          if (cache.current.size > MAX_TILES && oldest !== undefined) cache.current.delete(oldest);
          show();
        } catch {
          if (request.signal.aborted) return;
        }
      }
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      request.abort();
    };
  }, [session, info, view, pixels, scale]);

  return info ? { info, tiles } : null;
}
