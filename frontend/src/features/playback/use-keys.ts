import { useEffect } from "react";
import { DisposableScope } from "../../lib/disposable-scope";
import { nextMoment, previousMoment } from "../detections/moments";
import { loudestAt } from "../detections/rival";
import { useLargeWords } from "../now-playing/large-words";
import { ADD_PROMPT_ID } from "../prompts/AddPrompt";
import { useWorkspace } from "../session/context";

const LONG_STEP_S = 10;
const STEP_S = 5;
const FINE_STEP_S = 1;
const FALLBACK_FRAME_S = 0.1;
const ZOOM_STEP = 1.5;

/** Whether a key belongs to what has the focus: typing, or a control that has its own use for it. */
function taken(event: KeyboardEvent): boolean {
  const { target, key } = event;
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("dialog[open]")) return true;
  if (target instanceof HTMLInputElement && target.type === "range")
    return key.startsWith("Arrow") || key === "Home" || key === "End";
  if (target.matches("input, textarea, select")) return true;
  return key === " " && target.matches("button, a, summary");
}

/** The keys of a recording's page; the sheet behind `?` lists them. */
export function useKeys(): void {
  const { session, player, viewport, review, seek } = useWorkspace();
  useEffect(() => {
    const scope = new DisposableScope();
    const go = (byS: number) => seek(player.positionS + byS);
    const frameS = () => session.store.getState().recording?.seconds_per_frame ?? FALLBACK_FRAME_S;
    /** Sets one end of the selection at the playhead; the other one stays where that makes sense. */
    const mark = (end: "start" | "end") => {
      const { selection, durationS } = viewport.store.getState();
      const atS = player.positionS;
      if (end === "start")
        viewport.select(atS, selection && selection.endS > atS ? selection.endS : durationS);
      else viewport.select(selection && selection.startS < atS ? selection.startS : 0, atS);
    };
    /** The score under the pointer, else the loudest under the playhead. */
    const inspectHere = () => {
      const { hover, cell } = viewport.store.getState();
      const state = session.store.getState();
      const pointed = hover?.row == null ? undefined : state.prompts[hover.row];
      const timeS = pointed === undefined ? player.positionS : (hover?.timeS ?? player.positionS);
      const prompt = pointed ?? loudestAt(session.matrix, state.prompts, timeS);
      const again = cell !== null && cell.prompt === prompt && cell.timeS === timeS;
      viewport.inspect(again || prompt === undefined ? null : { prompt, timeS });
      viewport.setHover(null);
    };
    const run = (event: KeyboardEvent): boolean => {
      const step = event.shiftKey ? FINE_STEP_S : STEP_S;
      switch (event.key) {
        case " ":
          player.toggle();
          return true;
        case "ArrowLeft":
          go(-step);
          return true;
        case "ArrowRight":
          go(step);
          return true;
        case "j":
          go(-LONG_STEP_S);
          return true;
        case "k":
          player.toggle();
          return true;
        case "l":
          go(LONG_STEP_S);
          return true;
        case "Home":
          seek(0);
          return true;
        case "End":
          seek(viewport.store.getState().durationS);
          return true;
        case "n":
        case "N": {
          const moment = nextMoment(review.steps(), player.positionS);
          if (moment) review.open(moment);
          return true;
        }
        case "p":
        case "P": {
          const { playing } = player.store.getState();
          const moment = previousMoment(review.steps(), player.positionS, playing);
          if (moment) review.open(moment);
          return true;
        }
        case "a":
        case "x": {
          const moment = review.current();
          if (moment) review.choose(moment);
          if (moment && event.key === "a") review.accept(moment);
          else if (moment) review.reject(moment);
          return true;
        }
        case "+":
        case "=":
          viewport.zoom(ZOOM_STEP, player.positionS);
          return true;
        case "-":
          viewport.zoom(1 / ZOOM_STEP, player.positionS);
          return true;
        case "0":
          viewport.showAll();
          return true;
        case ",":
          go(-frameS());
          return true;
        case ".":
          go(frameS());
          return true;
        case "[":
          mark("start");
          return true;
        case "]":
          mark("end");
          return true;
        case "z":
          viewport.zoomToSelection();
          return true;
        case "r":
          player.setLooping(!player.store.getState().looping);
          return true;
        case "f":
          viewport.startFollowing(session.matrix.heardUntilS);
          return true;
        case "w":
          useLargeWords.getState().toggle();
          return true;
        case "i":
          inspectHere();
          return true;
        case "Escape":
          if (viewport.store.getState().cell) viewport.inspect(null);
          else if (review.chosen()) review.choose(null);
          else viewport.clearSelection();
          return true;
        case "/":
          document.getElementById(ADD_PROMPT_ID)?.focus();
          return true;
        default:
          return false;
      }
    };
    const runWithControl = (event: KeyboardEvent): boolean => {
      const key = event.key.toLowerCase();
      if (key === "z") return event.shiftKey ? session.redo() : session.undo();
      return key === "y" && session.redo();
    };
    scope.listen<Window, KeyboardEvent>(window, "keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.defaultPrevented && !taken(event)) {
        if (runWithControl(event)) event.preventDefault();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || taken(event)) return;
      if (run(event)) event.preventDefault();
    });
    return () => scope.dispose();
  }, [session, player, viewport, review, seek]);
}
