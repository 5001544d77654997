import { useWords } from "../../i18n/language";
import { formatClockTenths, formatNumber } from "../../lib/format";
import { Icon } from "../../ui/Icon";
import { usePlayback, useSession, useView, useWorkspace } from "../session/context";
import { RATES } from "./player";
import { StepButton } from "./StepButton";
import { usePlayable } from "./use-playable";

export function PlayerBar() {
  const { player } = useWorkspace();
  const { playback } = useWords();
  const playing = usePlayback((state) => state.playing);
  const positionS = usePlayback((state) => state.positionS);
  const rate = usePlayback((state) => state.rate);
  const muted = usePlayback((state) => state.muted);
  const unplayable = usePlayback((state) => state.unplayable);
  const arriving = useSession((state) => state.recording?.arriving ?? false);
  const playable = usePlayable();
  const looping = usePlayback((state) => state.looping);
  const selected = useView((state) => state.selection !== null);
  const durationS = useView((state) => state.durationS);
  return (
    <section className="player" aria-label={playback.player}>
      <button
        type="button"
        className="play-button"
        aria-label={playing ? playback.pause : playback.play}
        disabled={!playable}
        title={arriving ? playback.notYet : undefined}
        onClick={() => player.toggle()}
      >
        <svg viewBox="0 0 24 24" width="18" height="18" fill="currentColor" aria-hidden="true">
          {playing ? (
            <>
              <rect x="6" y="5" width="4" height="14" rx="1" />
              <rect x="14" y="5" width="4" height="14" rx="1" />
            </>
          ) : (
            <path d="M8 5.2v13.6a.8.8 0 0 0 1.2.7l11-6.8a.8.8 0 0 0 0-1.4l-11-6.8a.8.8 0 0 0-1.2.7z" />
          )}
        </svg>
      </button>
      <div className="player-time num">
        {formatClockTenths(positionS)} <span>{`/ ${formatClockTenths(durationS)}`}</span>
      </div>
      <StepButton to="previous" />
      <StepButton to="next" />
      <select
        className="rate num"
        aria-label={playback.speed}
        value={rate}
        onChange={(event) => player.setRate(Number(event.target.value))}
      >
        {RATES.map((value) => (
          <option key={value} value={value}>
            {`${formatNumber(value, 2)}×`}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="icon-btn mute"
        aria-label={playback.mute}
        aria-pressed={muted}
        onClick={() => player.setMuted(!muted)}
      >
        <Icon name={muted ? "muted" : "sound"} />
      </button>
      {selected && !unplayable && (
        <button
          type="button"
          className="chip loop"
          aria-pressed={looping}
          onClick={() => player.setLooping(!looping)}
        >
          {playback.loop}
          <span> {playback.ofSelection}</span>
        </button>
      )}
      <div className="grow" />
      {unplayable ? (
        <p className="player-note">{playback.unplayable}</p>
      ) : arriving ? (
        <p className="player-note player-awaits">{playback.stillArriving}</p>
      ) : (
        <div className="key-hints" aria-hidden="true">
          {playback.hints.map(([key, what]) => (
            <span key={key}>
              <kbd>{key}</kbd> {what}
            </span>
          ))}
        </div>
      )}
    </section>
  );
}
