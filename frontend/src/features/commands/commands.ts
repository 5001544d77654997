import { openHome } from "../../app/route";
import { useSettings } from "../../app/settings";
import { useTheme } from "../../app/theme";
import { formatClockTenths } from "../../lib/format";
import { recordingAccess } from "../access/recording-access";
import { nextMoment, previousMoment } from "../detections/moments";
import { useLargeWords } from "../now-playing/large-words";
import { ADD_PROMPT_ID } from "../prompts/AddPrompt";
import { useListsDialog } from "../prompts/lists-dialog";
import { sortRows } from "../prompts/SortMenu";
import type { Workspace } from "../session/context";
import { isRunning } from "../session/session-state";
import { copyLink, copyMoments, saveDrawing, savePicture } from "../share/ShareMenu";
import { SCALE_NAMES } from "../timeline/colour";
import { parseClock } from "./match";

export interface Command {
  title: string;
  /** The keys that do the same. */
  keys?: string;
  run: () => void;
}

/** Everything the page can do to the recording on show, as it stands now. */
export function commandsFor(workspace: Workspace): Command[] {
  return [
    ...playing(workspace),
    ...judging(workspace),
    ...looking(workspace),
    ...rows(workspace),
    ...sharing(workspace),
    ...appearance(),
    { title: "Back to the start", run: openHome },
  ];
}

/** A typed time is a place to go. */
export function goToCommand({ seek }: Workspace, typed: string): Command[] {
  const timeS = parseClock(typed);
  return timeS === null ? [] : [{ title: `Go to ${formatClockTenths(timeS)}`, run: () => seek(timeS) }];
}

function playing({ player, viewport, review, seek }: Workspace): Command[] {
  const steps = review.steps();
  const { playing: on, looping } = player.store.getState();
  const next = nextMoment(steps, player.positionS);
  const previous = previousMoment(steps, player.positionS, on);
  return [
    { title: on ? "Pause" : "Play", keys: "space", run: () => player.toggle() },
    { title: "Next moment", keys: "N", run: () => next && review.open(next) },
    { title: "Previous moment", keys: "P", run: () => previous && review.open(previous) },
    { title: "Go to the beginning", keys: "home", run: () => seek(0) },
    { title: "Go to the end", keys: "end", run: () => seek(viewport.store.getState().durationS) },
    {
      title: looping ? "Do not loop the selection" : "Loop the selection",
      keys: "R",
      run: () => player.setLooping(!looping),
    },
    { title: "Large words", keys: "W", run: () => useLargeWords.getState().toggle() },
  ];
}

function judging({ session, viewport, review }: Workspace): Command[] {
  const commands: Command[] = [];
  const moment = review.current();
  if (moment) {
    const { prompt, verdict } = moment;
    const at = `${prompt} at ${formatClockTenths(moment.onset_s)}`;
    commands.push({ title: `Play ${at}`, run: () => review.play(moment) });
    if (review.mayJudge && verdict !== "added" && verdict !== "adjusted" && verdict !== "accepted")
      commands.push({ title: `Accept ${at}`, keys: "A", run: () => review.accept(moment) });
    if (review.mayJudge && verdict !== "rejected")
      commands.push({ title: `Reject ${at}`, keys: "X", run: () => review.reject(moment) });
  }
  const { selection } = viewport.store.getState();
  if (selection && review.mayJudge) {
    const { startS, endS } = selection;
    for (const prompt of session.store.getState().prompts)
      commands.push({ title: `Add the selection as ${prompt}`, run: () => review.add(prompt, startS, endS) });
  }
  return commands;
}

function looking({ session, player, viewport }: Workspace): Command[] {
  const { selection } = viewport.store.getState();
  const commands: Command[] = [
    { title: "Zoom in", keys: "+", run: () => viewport.zoom(2, player.positionS) },
    { title: "Zoom out", keys: "−", run: () => viewport.zoom(1 / 2, player.positionS) },
    { title: "Show all", keys: "0", run: () => viewport.showAll() },
  ];
  if (selection) {
    commands.push({ title: "Zoom to the selection", keys: "Z", run: () => viewport.zoomToSelection() });
    commands.push({ title: "Clear the selection", keys: "esc", run: () => viewport.clearSelection() });
  }
  if (isRunning(session.store.getState().recording)) {
    const follow = () => viewport.startFollowing(session.matrix.heardUntilS);
    commands.push({ title: "Follow the analysis", keys: "F", run: follow });
    if (!recordingAccess(session.id).read_only) {
      commands.push({ title: "Cancel the analysis", run: () => void session.cancel() });
    }
  }
  return commands;
}

function rows({ session, player, seek }: Workspace): Command[] {
  const { prompts, rows: settings, detections } = session.store.getState();
  const commands: Command[] = [
    { title: "Add a prompt", keys: "/", run: () => document.getElementById(ADD_PROMPT_ID)?.focus() },
    { title: "Lists of sounds", run: () => useListsDialog.getState().show() },
    { title: "Undo", keys: "ctrl Z", run: () => void session.undo() },
    { title: "Redo", keys: "ctrl shift Z", run: () => void session.redo() },
    { title: "Sort rows by peak", run: () => sortRows(session, "peak") },
    { title: "Sort rows by mean", run: () => sortRows(session, "mean") },
    { title: "Sort rows by first moment", run: () => sortRows(session, "first") },
  ];
  for (const prompt of prompts) {
    const own = detections.filter((moment) => moment.prompt === prompt);
    const next = nextMoment(own, player.positionS) ?? own[0];
    if (next) commands.push({ title: `Next ${prompt}`, run: () => seek(next.onset_s) });
  }
  for (const prompt of prompts) {
    const muted = settings[prompt]?.muted ?? false;
    commands.push({
      title: `${muted ? "Unmute" : "Mute"} ${prompt}`,
      run: () => session.setRow(prompt, { muted: !muted }),
    });
  }
  return commands;
}

function sharing(workspace: Workspace): Command[] {
  return [
    { title: "Copy link to this view", run: () => void copyLink(workspace) },
    { title: "Save picture of this view", run: () => void savePicture(workspace) },
    { title: "Save drawing of this view", run: () => void saveDrawing(workspace) },
    { title: "Copy moments as text", run: () => void copyMoments(workspace) },
  ];
}

function appearance(): Command[] {
  const { scale, setScale } = useSettings.getState();
  const { theme, toggle, follow } = useTheme.getState();
  return [
    { title: theme === "dark" ? "Light theme" : "Dark theme", run: toggle },
    { title: "Theme of the system", run: follow },
    ...SCALE_NAMES.filter((name) => name !== scale).map((name) => ({
      title: `Colours: ${name[0].toUpperCase()}${name.slice(1)}`,
      run: () => setScale(name),
    })),
  ];
}
