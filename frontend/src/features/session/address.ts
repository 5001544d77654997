import type { Place } from "../../app/place";
import { parseRoute, recordingHash } from "../../app/route";
import type { DisposableScope } from "../../lib/disposable-scope";
import { debounced } from "../../lib/throttled";
import type { Player } from "../playback/player";
import { isWhole, type Viewport } from "../timeline/view-store";
import type { RecordingSession } from "./session";
import { INITIAL_SESSION } from "./session-state";

interface Parts {
  session: RecordingSession;
  player: Player;
  viewport: Viewport;
  seek: (timeS: number) => void;
}

/** Browsers take about a hundred changes of the address in half a minute. */
const SETTLE_MS = 400;

/** Where the reader is now. What is as it was at first is left out, so that a plain address stays plain. */
export function placeOf({ session, player, viewport }: Parts): Place {
  const { threshold, rows } = session.store.getState();
  const { view, durationS, selection } = viewport.store.getState();
  const place: Place = {};
  if (player.positionS > 0) place.timeS = player.positionS;
  if (durationS > 0 && !isWhole({ view, durationS })) place.view = view;
  if (selection) place.selection = selection;
  if (threshold !== INITIAL_SESSION.threshold) place.threshold = threshold;
  if (Object.keys(rows).length > 0) place.rows = { ...rows };
  return place;
}

/**
 * The whole address of what is on show; with `spelled` its prompts too, though the recording has them. A `token` stands
 * in the place of the recording's id.
 */
export function addressOf(parts: Parts, spelled: boolean, token?: string): string {
  const { session } = parts;
  const prompts = spelled ? session.store.getState().prompts : session.chosenPrompts();
  return new URL(recordingHash(token ?? session.id, prompts, placeOf(parts)), location.href).href;
}

/** Goes where an address says, as soon as the recording is long enough for that. */
export function goTo(parts: Parts, place: Place, scope: DisposableScope): void {
  const { viewport, seek, session } = parts;
  if (place.threshold !== undefined || place.rows) session.open(place);
  const apply = () => {
    if (place.timeS !== undefined) seek(place.timeS);
    if (place.view) viewport.show(place.view);
    if (place.selection) viewport.select(place.selection.startS, place.selection.endS);
  };
  const neededS = Math.max(place.timeS ?? 0, place.view?.endS ?? 0, place.selection?.endS ?? 0);
  const isThere = (durationS: number) => durationS > 0 && durationS >= neededS - 1;
  if (isThere(viewport.store.getState().durationS)) {
    apply();
    return;
  }
  const stop = viewport.store.subscribe(({ durationS }) => {
    if (!isThere(durationS)) return;
    stop();
    apply();
  });
  scope.add(stop);
}

/** Keeps the address up with what is on show, and what is on show up with the address. */
export function keepAddress(parts: Parts, scope: DisposableScope): void {
  const put = () => {
    const href = addressOf(parts, false);
    if (href !== location.href) history.replaceState(history.state, "", href);
  };
  const write = debounced(SETTLE_MS, put);
  scope.add(() => write.cancel());
  scope.add(
    parts.viewport.store.subscribe((now, before) => {
      if (now.view !== before.view || now.selection !== before.selection) write();
    }),
  );
  scope.add(
    parts.session.store.subscribe((now, before) => {
      if (now.prompts !== before.prompts) put();
      if (now.threshold !== before.threshold || now.rows !== before.rows) write();
    }),
  );
  // While it plays the position has no end; when it stops, it counts.
  scope.add(
    parts.player.store.subscribe((now) => {
      if (!now.playing) write();
    }),
  );
  scope.listen(window, "hashchange", () => {
    const route = parseRoute(location.hash);
    if (route.page !== "recording" || route.id !== parts.session.id) return;
    if (route.prompts) parts.session.setPrompts(route.prompts);
    goTo(parts, route.place, scope);
  });
}
