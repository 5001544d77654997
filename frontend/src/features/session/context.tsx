import { createContext, type ReactNode, use, useLayoutEffect, useState } from "react";
import { useStore } from "zustand";
import { apiUrl } from "../../api/base";
import type { Place } from "../../app/place";
import { DisposableScope } from "../../lib/disposable-scope";
import { Review, type ReviewState } from "../detections/review";
import { type PlaybackState, Player } from "../playback/player";
import { Viewport, type ViewState } from "../timeline/view-store";
import { goTo, keepAddress } from "./address";
import { RecordingSession } from "./session";
import { durationOf, hasAudio, isRunning, type SessionState } from "./session-state";

export interface Workspace {
  session: RecordingSession;
  player: Player;
  viewport: Viewport;
  review: Review;
  /** Moves the playhead, and the view with it when it would be out of sight. */
  seek: (timeS: number) => void;
}

const WorkspaceContext = createContext<Workspace | null>(null);

function openWorkspace(
  id: string,
  prompts: string[] | null,
  place: Place,
): { workspace: Workspace; dispose: () => void } {
  const scope = new DisposableScope();
  const session = new RecordingSession(id, prompts);
  const player = new Player(apiUrl(`api/recordings/${encodeURIComponent(id)}/audio`).href);
  const viewport = new Viewport();
  scope.add(() => session.dispose());
  scope.add(() => player.dispose());
  scope.add(
    session.store.subscribe((state, before) => {
      viewport.setDuration(durationOf(state.recording));
      if (hasAudio(state.recording)) player.open();
      const grown = state.matrixVersion !== before.matrixVersion;
      if (grown && isRunning(state.recording)) viewport.followFront(session.matrix.heardUntilS);
    }),
  );
  scope.add(viewport.store.subscribe((state) => player.setLoop(state.selection)));
  scope.add(
    player.onFrame((positionS) => {
      if (player.store.getState().playing) viewport.followPlayhead(positionS);
    }),
  );
  const seek = (timeS: number) => {
    const { durationS } = viewport.store.getState();
    player.seek(timeS, durationS);
    viewport.reveal(Math.min(Math.max(0, timeS), durationS));
  };
  const review = new Review(session, player, viewport, seek);
  const workspace = { session, player, viewport, review, seek };
  goTo(workspace, place, scope);
  keepAddress(workspace, scope);
  return { workspace, dispose: () => scope.dispose() };
}

/** Opens a recording for as long as it is on show. Keyed by its id, so another recording is another workspace. */
export function WorkspaceProvider(props: {
  id: string;
  prompts: string[] | null;
  place: Place;
  children: ReactNode;
}) {
  const [workspace, setWorkspace] = useState<Workspace | null>(null);
  const { id, prompts, place } = props;
  // The words of the address count once, on opening; later ones come from the page itself.
  const [firstPrompts] = useState(prompts);
  const [firstPlace] = useState(place);
  // Not after the paint: the page is waiting for nothing else.
  useLayoutEffect(() => {
    const opened = openWorkspace(id, firstPrompts, firstPlace);
    setWorkspace(opened.workspace);
    return opened.dispose;
  }, [id, firstPrompts, firstPlace]);
  if (!workspace || workspace.session.id !== id) return null;
  return <WorkspaceContext value={workspace}>{props.children}</WorkspaceContext>;
}

export function useWorkspace(): Workspace {
  const workspace = use(WorkspaceContext);
  if (!workspace) throw new Error("useWorkspace needs a WorkspaceProvider above it");
  return workspace;
}

export function useSession<T>(select: (state: SessionState) => T): T {
  return useStore(useWorkspace().session.store, select);
}

export function usePlayback<T>(select: (state: PlaybackState) => T): T {
  return useStore(useWorkspace().player.store, select);
}

export function useView<T>(select: (state: ViewState) => T): T {
  return useStore(useWorkspace().viewport.store, select);
}

export function useReview<T>(select: (state: ReviewState) => T): T {
  return useStore(useWorkspace().review.store, select);
}
