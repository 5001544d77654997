import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { useWords } from "../../i18n/language";
import { DisposableScope } from "../../lib/disposable-scope";
import { formatClock, formatLength } from "../../lib/format";
import { Icon } from "../../ui/Icon";
import { useSteps } from "../detections/use-steps";
import { StepButton } from "../playback/StepButton";
import { usePlayable } from "../playback/use-playable";
import { usePlayback, useSession, useWorkspace } from "../session/context";
import { useLargeWords } from "./large-words";
import { Picture } from "./Picture";
import { comingAt, type Word, wordsAt } from "./words";

const MOST_WORDS = 7;

/** The sounds under the playhead over the whole screen, for people who look rather than read. */
export function NowPlaying() {
  const open = useLargeWords((state) => state.open);
  useEffect(() => () => useLargeWords.getState().close(), []);
  return open ? createPortal(<LargeWords />, document.body) : null;
}

function LargeWords() {
  const { nowPlaying } = useWords();
  const title = useSession((state) => state.recording?.title ?? "");
  const sheet = useRef<HTMLElement>(null);
  const close = useLargeWords((state) => state.close);
  useAlone(sheet);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || document.fullscreenElement) return;
    event.preventDefault();
    close();
  };
  return (
    <section
      ref={sheet}
      className="large"
      role="dialog"
      aria-modal="true"
      aria-label={nowPlaying.nowPlaying}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <div className="large-head">
        <h2>{title}</h2>
        <FullScreen sheet={sheet} />
        <button type="button" className="icon-btn" aria-label={nowPlaying.close} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <Picture />
      <Words />
      <Transport />
    </section>
  );
}

function Words() {
  const { session } = useWorkspace();
  const { nowPlaying } = useWords();
  const steps = useSteps();
  const timeS = usePlayback((state) => state.positionS);
  useSession((state) => state.matrixVersion);
  const complete = useSession((state) => state.recording?.state === "done");
  const words = wordsAt(steps, timeS, (prompt) => session.matrix.scoreAt(prompt, timeS));
  const coming = comingAt(steps, timeS);
  const heard = complete || timeS < session.matrix.heardUntilS;
  const sounding = words.filter(({ presence }) => presence === 1);
  return (
    <div className="large-words">
      <ul style={{ "--lines": Math.min(MOST_WORDS, Math.max(1, words.length)) } as React.CSSProperties}>
        {words.slice(0, MOST_WORDS).map((word) => (
          <WordLine key={word.prompt} word={word} />
        ))}
      </ul>
      {words.length > MOST_WORDS && (
        <p className="large-note">{nowPlaying.more(words.length - MOST_WORDS)}</p>
      )}
      {sounding.length === 0 && <p className="large-note">{heard ? nowPlaying.none : nowPlaying.notHeard}</p>}
      {coming && (
        <p className="large-note large-next num">
          {nowPlaying.coming(
            coming.prompt,
            coming.inS < 60 ? `${Math.ceil(coming.inS)} s` : formatLength(coming.inS),
          )}
        </p>
      )}
    </div>
  );
}

function WordLine({ word }: { word: Word }) {
  const style = { "--size": word.size.toFixed(3), "--presence": word.presence.toFixed(2) };
  return (
    <li style={style as React.CSSProperties} aria-hidden={word.presence < 1 || undefined}>
      {word.prompt}
    </li>
  );
}

function Transport() {
  const { player } = useWorkspace();
  const { playback } = useWords();
  const playing = usePlayback((state) => state.playing);
  const positionS = usePlayback((state) => state.positionS);
  const playable = usePlayable();
  return (
    <div className="large-foot">
      <StepButton to="previous" />
      <button type="button" className="btn btn-go" disabled={!playable} onClick={() => player.toggle()}>
        {playing ? playback.pause : playback.play}
      </button>
      <StepButton to="next" />
      <span className="num">{formatClock(positionS)}</span>
    </div>
  );
}

function FullScreen({ sheet }: { sheet: React.RefObject<HTMLElement | null> }) {
  const { nowPlaying } = useWords();
  const [full, setFull] = useState(false);
  useEffect(() => {
    const scope = new DisposableScope();
    scope.listen(document, "fullscreenchange", () => setFull(document.fullscreenElement !== null));
    scope.add(() => {
      if (document.fullscreenElement) void document.exitFullscreen();
    });
    return () => scope.dispose();
  }, []);
  if (!document.fullscreenEnabled) return null;
  const toggle = () => {
    // Refused where the browser or its owner does not allow it: the words fill the window all the same.
    if (full) void document.exitFullscreen();
    else sheet.current?.requestFullscreen().catch(() => setFull(false));
  };
  return (
    <button
      type="button"
      className="icon-btn"
      aria-label={full ? nowPlaying.leaveFullScreen : nowPlaying.fullScreen}
      onClick={toggle}
    >
      <Icon name="screen" />
    </button>
  );
}

/** Nothing else can be reached meanwhile; the focus comes back to where it was. */
function useAlone(sheet: React.RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const root = document.getElementById("root");
    const before = document.activeElement;
    root?.setAttribute("inert", "");
    sheet.current?.focus();
    return () => {
      root?.removeAttribute("inert");
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, [sheet]);
}
