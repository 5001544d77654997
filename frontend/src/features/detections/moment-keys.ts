import type { Moment } from "./judge";
import type { Edge, Review } from "./review";

interface Press {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  target: EventTarget | null;
}

/**
 * Keys on the list, about the moment that has the focus: `place` is where it stands among those `shown`, -1 for none.
 * Whether one was used.
 */
export function onMomentKey(press: Press, review: Review, place: number, shown: readonly Moment[]): boolean {
  if (press.ctrlKey || press.metaKey || press.altKey || shown.length === 0) return false;
  const go = (index: number) => {
    review.open(shown[Math.min(Math.max(0, index), shown.length - 1)]);
    return true;
  };
  const nudge = (edge: Edge, frames: number) => {
    review.choose(shown[place]);
    review.nudge(shown[place], edge, frames);
    return true;
  };
  switch (press.key) {
    case "ArrowDown":
      return go(place + 1);
    case "ArrowUp":
      return go(place < 0 ? 0 : place - 1);
    case "Home":
      return go(0);
    case "End":
      return go(shown.length - 1);
  }
  const moment = shown[place];
  if (!moment) return false;
  switch (press.key) {
    case "Enter":
      // A button in the line does what it says.
      if (press.target instanceof Element && !press.target.matches(".moment")) return false;
      review.play(moment);
      return true;
    case "a":
    case "A":
      review.choose(moment);
      review.accept(moment);
      break;
    case "x":
    case "X":
      review.choose(moment);
      review.reject(moment);
      break;
    case "Delete":
    case "Backspace":
      review.hide(moment);
      break;
    // Brackets widen, with shift they narrow: each by a frame at its own side.
    case "[":
      return nudge("onset", -1);
    case "]":
      return nudge("offset", 1);
    case "{":
      return nudge("onset", 1);
    case "}":
      return nudge("offset", -1);
    default:
      return false;
  }
  // What the list no longer shows is let go of; the next one takes its place.
  if (!review.shown().some(({ key }) => key === moment.key)) {
    review.choose(shown[place + 1] ?? shown[place - 1] ?? null);
  }
  return true;
}
