import { createStore, type StoreApi } from "zustand/vanilla";
import {
  clampView,
  followView,
  frontView,
  pageTo,
  panView,
  spanBetween,
  spanOf,
  type View,
  viewAround,
  zoomView,
} from "./geometry";

export interface Hover {
  timeS: number;
  /** Pixels from the left edge of the tracks and from their top. */
  x: number;
  y: number;
  trackWidth: number;
  /** Pixels between the pointer and the end of the map on show. */
  roomBelow: number;
  /** Row of the map under the pointer, null over another lane. */
  row: number | null;
  /** It stays after a click, so that what it says can be pressed. */
  pinned?: boolean;
}

/** One score of the map, under inspection. */
export interface Cell {
  prompt: string;
  timeS: number;
}

export interface ViewState {
  view: View;
  durationS: number;
  hover: Hover | null;
  /** The stretch that the reader marked: it loops and has its own statistics. */
  selection: View | null;
  cell: Cell | null;
  /** Whether the view goes along with the front of a running analysis. Any move by the reader ends that. */
  following: boolean;
}

/** Shorter than this a drag is taken for a click. */
const SHORTEST_SELECTION_S = 0.01;

/** What stretch of the recording is on show, what is marked in it, and what the pointer is over. */
export class Viewport {
  readonly store: StoreApi<ViewState> = createStore(() => ({
    view: { startS: 0, endS: 1 },
    durationS: 0,
    hover: null,
    selection: null,
    cell: null,
    following: true,
  }));
  /** Where playing was last seen, to tell a playhead that runs out of the view from a view that was moved. */
  private playedS: number | null = null;

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
    this.store.setState(({ view, durationS }) => ({
      view: zoomView(view, durationS, factor, anchorS),
      following: false,
    }));
  }

  panBy(seconds: number): void {
    this.store.setState(({ view, durationS }) => ({
      view: panView(view, durationS, seconds),
      following: false,
    }));
  }

  centreOn(timeS: number): void {
    const { view } = this.store.getState();
    this.panBy(timeS - (view.startS + spanOf(view) / 2));
  }

  show(view: View): void {
    this.store.setState(({ durationS }) => ({ view: clampView(view, durationS), following: false }));
  }

  showAll(): void {
    this.store.setState(({ durationS }) => ({
      view: { startS: 0, endS: Math.max(durationS, 1e-3) },
      following: true,
    }));
  }

  /** Turns the page when a moment lies outside the view. */
  reveal(timeS: number): void {
    const { view, durationS } = this.store.getState();
    const next = followView(view, durationS, timeS);
    this.playedS = timeS;
    if (next !== view) this.store.setState({ view: next, following: false });
  }

  /** Turns the page when a stretch lies outside the view, wherever the playhead is. */
  bringIntoView(startS: number, endS: number): void {
    const { view, durationS } = this.store.getState();
    const next = startS < view.startS ? startS : endS > view.endS ? endS : null;
    if (next !== null) this.store.setState({ view: pageTo(view, durationS, next), following: false });
  }

  /** Goes along with playing sound, unless the reader has moved the view away from it. */
  followPlayhead(timeS: number): void {
    const { view } = this.store.getState();
    const wasInSight = this.playedS === null || (this.playedS >= view.startS && this.playedS <= view.endS);
    if (wasInSight) this.reveal(timeS);
    this.playedS = timeS;
  }

  /** Goes along with a running analysis, unless the reader has moved the view. */
  followFront(frontS: number): void {
    const { view, durationS, following } = this.store.getState();
    if (!following || isWhole({ view, durationS })) return;
    const next = frontView(view, durationS, frontS);
    if (next !== view) this.store.setState({ view: next });
  }

  startFollowing(frontS: number): void {
    this.store.setState({ following: true });
    this.followFront(frontS);
  }

  /** Marks what lies between two moments, in any order; too little of it unmarks. */
  select(aS: number, bS: number): void {
    const selection = spanBetween(aS, bS, this.store.getState().durationS);
    this.store.setState({ selection: spanOf(selection) < SHORTEST_SELECTION_S ? null : selection });
  }

  clearSelection(): void {
    if (this.store.getState().selection) this.store.setState({ selection: null });
  }

  zoomToSelection(): void {
    const { selection, durationS } = this.store.getState();
    if (selection) this.show(viewAround(selection, durationS));
  }

  inspect(cell: Cell | null): void {
    this.store.setState({ cell });
  }

  setHover(hover: Hover | null): void {
    this.store.setState({ hover });
  }
}

export function isWhole({ view, durationS }: Pick<ViewState, "view" | "durationS">): boolean {
  return spanOf(view) >= durationS * 0.9999;
}
