import { useEffect, useState } from "react";
import { useWorkspace } from "../session/context";
import type { View } from "./geometry";

/** A view that never stands still, as that of a recording whose end is still coming, is taken after this many waits. */
const MOST_WAITS = 5;

/** The view once it has stood still for `quietMs`: for what is asked of the server, and for what is said in words. */
export function useSettledView(quietMs: number): View {
  const { viewport } = useWorkspace();
  const [view, setView] = useState(() => viewport.store.getState().view);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    let movedAt: number | null = null;
    const settle = () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      movedAt = null;
      setView(viewport.store.getState().view);
    };
    settle();
    const forget = viewport.store.subscribe((now, before) => {
      if (now.view === before.view) return;
      movedAt ??= performance.now();
      // The first view there is has nothing to wait for.
      if (before.durationS === 0 || performance.now() - movedAt > MOST_WAITS * quietMs) settle();
      else {
        if (timer !== null) clearTimeout(timer);
        timer = setTimeout(settle, quietMs);
      }
    });
    return () => {
      forget();
      if (timer !== null) clearTimeout(timer);
    };
  }, [viewport, quietMs]);
  return view;
}
