import { createStore, type StoreApi } from "zustand/vanilla";
import { clampView, followView, panView, spanOf, type View, zoomView } from "./geometry";

export interface Hover {
  timeS: number;
  /** Pixels from the left edge of the tracks and from the top of the stage. */
  x: number;
  y: number;
  trackWidth: number;
  /** Pixels between the pointer and the end of the map on show. */
  roomBelow: number;
  /** Row of the map under the pointer, null over another lane. */
  row: number | null;
}

export interface ViewState {
  view: View;
  durationS: number;
  hover: Hover | null;
}

/** What stretch of the recording is on show, and what the pointer is over. */
export class Viewport {
  readonly store: StoreApi<ViewState> = createStore(() => ({
    view: { startS: 0, endS: 1 },
    durationS: 0,
    hover: null,
  }));

  /** A view of everything stays one of everything while the length is still becoming known. */
  setDuration(durationS: number): void {
    const state = this.store.getState();
    if (durationS <= 0 || durationS === state.durationS) return;
    const view =
      state.durationS === 0 || isWhole(state)
        ? { startS: 0, endS: durationS }
        : clampView(state.view, durationS);
    this.store.setState({ durationS, view });
  }

  zoom(factor: number, anchorS: number): void {
    this.store.setState(({ view, durationS }) => ({ view: zoomView(view, durationS, factor, anchorS) }));
  }

  panBy(seconds: number): void {
    this.store.setState(({ view, durationS }) => ({ view: panView(view, durationS, seconds) }));
  }

  centreOn(timeS: number): void {
    const { view } = this.store.getState();
    this.panBy(timeS - (view.startS + spanOf(view) / 2));
  }

  follow(timeS: number): void {
    const { view, durationS } = this.store.getState();
    const next = followView(view, durationS, timeS);
    if (next !== view) this.store.setState({ view: next });
  }

  showAll(): void {
    this.store.setState(({ durationS }) => ({ view: { startS: 0, endS: Math.max(durationS, 1e-3) } }));
  }

  setHover(hover: Hover | null): void {
    this.store.setState({ hover });
  }
}

export function isWhole({ view, durationS }: Pick<ViewState, "view" | "durationS">): boolean {
  return spanOf(view) >= durationS * 0.9999;
}
