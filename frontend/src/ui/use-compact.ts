import { useSyncExternalStore } from "react";

const query = matchMedia("(max-width: 760px)");

function subscribe(onChange: () => void): () => void {
  query.addEventListener("change", onChange);
  return () => query.removeEventListener("change", onChange);
}

/** Whether the page is laid out for a phone; the same width the style sheets use. */
export function useCompact(): boolean {
  return useSyncExternalStore(subscribe, () => query.matches);
}
