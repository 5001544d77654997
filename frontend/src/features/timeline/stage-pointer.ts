import { DisposableScope } from "../../lib/disposable-scope";
import { rowAt, spanOf, xToTime } from "./geometry";
import { type Drag, dragFor, isDrag, type Press, wheelAction } from "./gestures";
import { type Hover, isWhole, type Viewport } from "./view-store";

export interface StageParts {
  /** Takes the events of everything on it. */
  area: HTMLElement;
  /** As wide as the time axis. */
  tracks: () => HTMLElement | null;
  heat: () => HTMLElement | null;
  rowHeight: number;
  rows: () => number;
}

export interface StageActions {
  viewport: Viewport;
  seek: (timeS: number) => void;
  /** A click, with the place it went to. */
  onClick: (place: Hover) => void;
  /** A selection is as the reader wants it. */
  onSelected: () => void;
}

interface Active {
  pointer: Press["pointer"];
  press: Press;
  startX: number;
  lastX: number;
  /** Where a selection is held while its other end moves. */
  anchorS: number;
  /** Null until the press is dragged. */
  drag: Drag | null;
  /** An edge of a selection is dragged from the first pixel on. */
  edge: boolean;
}

const LONG_PRESS_MS = 450;
const DOUBLE_CLICK_MS = 350;
const DOUBLE_CLICK_PX = 24;
/** As far as the read-out stands off the pointer, and a little. */
const PINNED_PX = 20;

/** Everything a pointer does on the stage: read out, seek, mark, pan, scrub, pinch and zoom. */
export class StagePointer {
  private readonly scope = new DisposableScope();
  private readonly touches = new Map<number, { x: number; y: number }>();
  private active: Active | null = null;
  private cancelLongPress: () => void = () => undefined;
  private lastClick = { at: -Infinity, x: 0, y: 0 };

  constructor(
    private readonly parts: StageParts,
    private readonly actions: StageActions,
  ) {
    const { area } = parts;
    const { scope } = this;
    scope.listen<HTMLElement, PointerEvent>(area, "pointerdown", (event) => this.down(event));
    scope.listen<HTMLElement, PointerEvent>(area, "pointermove", (event) => this.move(event));
    scope.listen<HTMLElement, PointerEvent>(area, "pointerup", (event) => this.up(event));
    scope.listen<HTMLElement, PointerEvent>(area, "pointercancel", (event) => this.release(event.pointerId));
    scope.listen<HTMLElement, PointerEvent>(area, "pointerleave", (event) => {
      if (event.pointerType !== "touch") actions.viewport.setHover(null);
    });
    scope.listen<HTMLElement, WheelEvent>(area, "wheel", (event) => this.wheel(event), { passive: false });
    // A long press marks time; the browser's menu would end it.
    scope.listen(area, "contextmenu", (event) => {
      if (this.touches.size > 0) event.preventDefault();
    });
    scope.add(() => this.cancelLongPress());
    scope.add(() => actions.viewport.setHover(null));
  }

  dispose(): void {
    this.scope.dispose();
  }

  private down(event: PointerEvent): void {
    if (onControl(event)) return;
    const place = this.locate(event);
    if (!place) return;
    if (event.pointerType === "touch")
      this.touches.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.touches.size === 2) {
      this.endDrag();
      return;
    }
    const { store } = this.actions.viewport;
    const press = pressOf(event, isWhole(store.getState()));
    if (dragFor(press) === null) return;
    if (event.button === 1) event.preventDefault(); // The browser's own scrolling by the middle button.
    const edge = targetOf(event)?.closest<HTMLElement>("[data-edge]")?.dataset.edge;
    const { selection } = store.getState();
    const heldS = selection && (edge === "start" ? selection.endS : selection.startS);
    this.active = {
      pointer: press.pointer,
      press,
      startX: event.clientX,
      lastX: event.clientX,
      anchorS: edge !== undefined && heldS !== null ? heldS : place.timeS,
      drag: null,
      edge: edge !== undefined && heldS !== null,
    };
    this.parts.area.setPointerCapture(event.pointerId);
    if (press.pointer === "touch") {
      this.cancelLongPress = this.scope.after(LONG_PRESS_MS, () => this.beginDrag("select"));
    }
  }

  private move(event: PointerEvent): void {
    if (this.touches.has(event.pointerId)) {
      if (this.touches.size === 2) {
        this.pinch(event);
        return;
      }
      this.touches.set(event.pointerId, { x: event.clientX, y: event.clientY });
    }
    const { active } = this;
    if (active && !active.drag && isDrag(active.pointer, event.clientX - active.startX)) {
      this.beginDrag(active.edge ? "select" : dragFor(active.press));
    }
    if (active?.drag) this.drag(event, active);
    if (this.isAtPinned(event)) return;
    const place = active?.drag === "pan" ? null : this.locate(event);
    this.actions.viewport.setHover(place);
  }

  private beginDrag(drag: Drag | null): void {
    this.cancelLongPress();
    if (!this.active || drag === null) return;
    this.active.drag = drag;
    this.parts.area.dataset.drag = drag;
    if (drag === "select" && this.active.pointer === "touch") navigator.vibrate?.(10);
  }

  private drag(event: PointerEvent, active: Active): void {
    const { viewport, seek } = this.actions;
    const timeS = this.timeAt(event.clientX);
    if (active.drag === "select") viewport.select(active.anchorS, timeS);
    if (active.drag === "scrub") seek(timeS);
    if (active.drag === "pan") {
      const width = this.parts.tracks()?.clientWidth ?? 1;
      viewport.panBy(((active.lastX - event.clientX) / width) * spanOf(viewport.store.getState().view));
    }
    active.lastX = event.clientX;
  }

  private up(event: PointerEvent): void {
    const { active } = this;
    const place = this.locate(event);
    if (active?.drag === "select") this.actions.onSelected();
    const clicked = active ? !active.drag && !active.edge && active.press.button === 0 : wasHandle(event);
    if (clicked && place) this.click(event, place);
    this.release(event.pointerId);
  }

  private click(event: PointerEvent, place: Hover): void {
    const { viewport } = this.actions;
    const { at, x, y } = this.lastClick;
    const near = Math.hypot(event.clientX - x, event.clientY - y) < DOUBLE_CLICK_PX;
    const double = near && event.timeStamp - at < DOUBLE_CLICK_MS;
    this.lastClick = { at: double ? -Infinity : event.timeStamp, x: event.clientX, y: event.clientY };
    if (double) viewport.showAll();
    else this.actions.onClick(place);
    viewport.setHover({ ...place, pinned: place.row !== null && !double });
  }

  /** On the way to the pinned read-out, or on it: what it says must not run away from the pointer. */
  private isAtPinned(event: PointerEvent): boolean {
    const { hover } = this.actions.viewport.store.getState();
    const card = hover?.pinned && !this.active ? this.parts.area.querySelector(".readout") : null;
    if (!card) return false;
    const { left, right, top, bottom } = card.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    return x > left - PINNED_PX && x < right + PINNED_PX && y > top - PINNED_PX && y < bottom + PINNED_PX;
  }

  private release(pointerId: number): void {
    this.touches.delete(pointerId);
    this.endDrag();
  }

  private endDrag(): void {
    this.cancelLongPress();
    this.active = null;
    delete this.parts.area.dataset.drag;
  }

  /** Two fingers hold two moments of the recording, wherever they go. */
  private pinch(event: PointerEvent): void {
    const before = [...this.touches.values()];
    this.touches.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const after = [...this.touches.values()];
    const { viewport } = this.actions;
    const width = this.parts.tracks()?.clientWidth ?? 1;
    const spread = ([a, b]: typeof after) => Math.max(24, Math.hypot(a.x - b.x, a.y - b.y));
    const middle = ([a, b]: typeof after) => (a.x + b.x) / 2;
    viewport.panBy(((middle(before) - middle(after)) / width) * spanOf(viewport.store.getState().view));
    viewport.zoom(spread(after) / spread(before), this.timeAt(middle(after)));
    viewport.setHover(null);
  }

  private wheel(event: WheelEvent): void {
    const place = this.locate(event);
    if (!place) return;
    event.preventDefault();
    const { viewport } = this.actions;
    const action = wheelAction(event);
    if ("zoom" in action) viewport.zoom(action.zoom, place.timeS);
    else viewport.panBy((action.panPx / place.trackWidth) * spanOf(viewport.store.getState().view));
    viewport.setHover(this.locate(event));
  }

  /** The moment at a horizontal place on the screen, at most a little outside the tracks. */
  private timeAt(clientX: number): number {
    const box = this.parts.tracks()?.getBoundingClientRect();
    const { view } = this.actions.viewport.store.getState();
    if (!box || box.width === 0) return view.startS;
    return xToTime(view, box.width, Math.min(Math.max(0, clientX - box.left), box.width));
  }

  private locate(event: MouseEvent): Hover | null {
    const { area, tracks, heat, rowHeight, rows } = this.parts;
    const box = tracks()?.getBoundingClientRect();
    const map = heat()?.getBoundingClientRect();
    if (!box || !map || box.width === 0) return null;
    const x = event.clientX - box.left;
    if (x < 0 || x > box.width || event.clientY < box.top) return null;
    // The map ends where its rows do, or where they slip under the foot of the stage.
    const foot = area.querySelector(".stage-foot")?.getBoundingClientRect().top ?? box.bottom;
    if (event.clientY > foot) return null;
    // The lanes stay where they are while rows scroll away under them.
    const lanesEnd = area.querySelector(".lanes")?.getBoundingClientRect().bottom ?? map.top;
    return {
      x,
      y: event.clientY - box.top,
      trackWidth: box.width,
      roomBelow: Math.min(box.bottom, foot) - event.clientY,
      timeS: xToTime(this.actions.viewport.store.getState().view, box.width, x),
      row: event.clientY < lanesEnd ? null : rowAt(event.clientY - map.top, rowHeight, rows()),
    };
  }
}

function targetOf(event: Event): Element | null {
  return event.target instanceof Element ? event.target : null;
}

const onControl = (event: Event) => targetOf(event)?.closest("button, input, a") != null;

/** A moment's handle that was held and not dragged: made for fingers, it covers time that one may want to hear. */
const wasHandle = (event: PointerEvent) =>
  targetOf(event)?.closest(".moment-edge")?.hasPointerCapture(event.pointerId) === true;

function pressOf(event: PointerEvent, whole: boolean): Press {
  const target = targetOf(event);
  return {
    pointer: event.pointerType === "touch" ? "touch" : "mouse",
    button: event.button,
    shift: event.shiftKey,
    onAxis: target?.closest(".lane-axis") != null,
    onPlayhead: target?.closest(".playhead-cap") != null,
    whole,
  };
}
