import { speakOrTell } from "../../app/choose-language";
import { openHome } from "../../app/route";
import { useSettings } from "../../app/settings";
import { useTheme } from "../../app/theme";
import { words } from "../../i18n/language";
import { LANGUAGES } from "../../i18n/locale";
import { formatClockTenths } from "../../lib/format";
import { recordingAccess } from "../access/recording-access";
import { nextMoment, previousMoment } from "../detections/moments";
import { useLargeWords } from "../now-playing/large-words";
import { ADD_PROMPT_ID } from "../prompts/AddPrompt";
import { useListsDialog } from "../prompts/lists-dialog";
import { SORTS, sortRows } from "../prompts/SortMenu";
import type { Workspace } from "../session/context";
import { isRunning } from "../session/session-state";
import { copyLink, copyMoments, saveDrawing, savePicture } from "../share/ShareMenu";
import { SCALE_NAMES } from "../timeline/colour";
import { type Named, parseClock } from "./match";

export interface Command extends Named {
  /** The language of the title, where that is not the page's. */
  lang?: string;
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
    ...languages(),
    { title: words().commands.toStart, run: openHome },
  ];
}

/** A typed time is a place to go. */
export function goToCommand({ seek }: Workspace, typed: string): Command[] {
  const timeS = parseClock(typed);
  return timeS === null
    ? []
    : [{ title: words().commands.goTo(formatClockTenths(timeS)), run: () => seek(timeS) }];
}

function playing({ player, viewport, review, seek }: Workspace): Command[] {
  const steps = review.steps();
  const { playing: on, looping } = player.store.getState();
  const next = nextMoment(steps, player.positionS);
  const previous = previousMoment(steps, player.positionS, on);
  const { commands } = words();
  const { keys } = commands;
  return [
    { title: on ? commands.pause : commands.play, keys: keys.space, run: () => player.toggle() },
    { title: commands.nextMoment, keys: "N", run: () => next && review.open(next) },
    { title: commands.previousMoment, keys: "P", run: () => previous && review.open(previous) },
    { title: commands.toBeginning, keys: keys.home, run: () => seek(0) },
    { title: commands.toEnd, keys: keys.end, run: () => seek(viewport.store.getState().durationS) },
    {
      title: looping ? commands.doNotLoop : commands.loop,
      keys: "R",
      run: () => player.setLooping(!looping),
    },
    { title: commands.largeWords, keys: "W", run: () => useLargeWords.getState().toggle() },
  ];
}

function judging({ session, viewport, review }: Workspace): Command[] {
  const { commands } = words();
  const found: Command[] = [];
  const moment = review.current();
  if (moment) {
    const { prompt, verdict } = moment;
    const at = formatClockTenths(moment.onset_s);
    found.push({ title: commands.playMoment(prompt, at), run: () => review.play(moment) });
    if (review.mayJudge && verdict !== "added" && verdict !== "adjusted" && verdict !== "accepted")
      found.push({ title: commands.acceptMoment(prompt, at), keys: "A", run: () => review.accept(moment) });
    if (review.mayJudge && verdict !== "rejected")
      found.push({ title: commands.rejectMoment(prompt, at), keys: "X", run: () => review.reject(moment) });
  }
  const { selection } = viewport.store.getState();
  if (selection && review.mayJudge) {
    const { startS, endS } = selection;
    for (const prompt of session.store.getState().prompts)
      found.push({ title: commands.addSelection(prompt), run: () => review.add(prompt, startS, endS) });
  }
  return found;
}

function looking({ session, player, viewport }: Workspace): Command[] {
  const { selection } = viewport.store.getState();
  const { commands } = words();
  const found: Command[] = [
    { title: commands.zoomIn, keys: "+", run: () => viewport.zoom(2, player.positionS) },
    { title: commands.zoomOut, keys: "−", run: () => viewport.zoom(1 / 2, player.positionS) },
    { title: commands.showAll, keys: "0", run: () => viewport.showAll() },
  ];
  if (selection) {
    found.push({ title: commands.zoomToSelection, keys: "Z", run: () => viewport.zoomToSelection() });
    found.push({
      title: commands.clearSelection,
      keys: commands.keys.escape,
      run: () => viewport.clearSelection(),
    });
  }
  if (isRunning(session.store.getState().recording)) {
    const follow = () => viewport.startFollowing(session.matrix.heardUntilS);
    found.push({ title: commands.follow, keys: "F", run: follow });
    if (!recordingAccess(session.id).read_only) {
      found.push({ title: commands.cancel, run: () => void session.cancel() });
    }
  }
  return found;
}

function rows({ session, player, seek }: Workspace): Command[] {
  const { prompts, rows: settings, detections } = session.store.getState();
  const { commands, prompts: said } = words();
  const found: Command[] = [
    { title: commands.addPrompt, keys: "/", run: () => document.getElementById(ADD_PROMPT_ID)?.focus() },
    { title: said.lists.title, run: () => useListsDialog.getState().show() },
    { title: commands.undo, keys: commands.keys.undo, run: () => void session.undo() },
    { title: commands.redo, keys: commands.keys.redo, run: () => void session.redo() },
    ...SORTS.map((by) => ({ title: commands.sorts[by], run: () => sortRows(session, by) })),
  ];
  for (const prompt of prompts) {
    const own = detections.filter((moment) => moment.prompt === prompt);
    const next = nextMoment(own, player.positionS) ?? own[0];
    if (next) found.push({ title: commands.next(prompt), run: () => seek(next.onset_s) });
  }
  for (const prompt of prompts) {
    const muted = settings[prompt]?.muted ?? false;
    found.push({
      title: muted ? said.unmuteRow(prompt) : said.muteRow(prompt),
      run: () => session.setRow(prompt, { muted: !muted }),
    });
  }
  return found;
}

function sharing(workspace: Workspace): Command[] {
  const { commands } = words();
  return [
    { title: commands.copyLink, run: () => void copyLink(workspace) },
    { title: commands.savePicture, run: () => void savePicture(workspace) },
    { title: commands.saveDrawing, run: () => void saveDrawing(workspace) },
    { title: commands.copyMoments, run: () => void copyMoments(workspace) },
  ];
}

function appearance(): Command[] {
  const { scale, setScale } = useSettings.getState();
  const { theme, toggle, follow } = useTheme.getState();
  const { app, commands } = words();
  return [
    { title: theme === "dark" ? app.lightTheme : app.darkTheme, run: toggle },
    { title: commands.themeOfSystem, run: follow },
    ...SCALE_NAMES.filter((name) => name !== scale).map((name) => ({
      title: commands.colours(`${name[0].toUpperCase()}${name.slice(1)}`),
      run: () => setScale(name),
    })),
  ];
}

/** By their own names, so that whoever cannot read the present language finds theirs. */
function languages(): Command[] {
  const { app, commands } = words();
  const choices = [{ code: null, name: commands.languageOfBrowser }, ...LANGUAGES];
  return choices.map(({ code, name }) => ({
    title: name,
    lang: code ?? undefined,
    also: app.language,
    run: () => void speakOrTell(code),
  }));
}
