import { formatClockTenths } from "../../lib/format";
import { Icon } from "../../ui/Icon";
import { usePlayback, useSession, useView, useWorkspace } from "../session/context";
import { RATES } from "./player";
import { StepButton } from "./StepButton";
import { usePlayable } from "./use-playable";

export function PlayerBar() {
  const { player } = useWorkspace();
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
    <section className="player" aria-label="Player">
      <button
        type="button"
        className="play-button"
        aria-label={playing ? "Pause" : "Play"}
        disabled={!playable}
        title={arriving ? "It can be played when all of it has arrived" : undefined}
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
        {formatClockTenths(positionS)} <span>/ {formatClockTenths(durationS)}</span>
      </div>
      <StepButton to="previous" />
      <StepButton to="next" />
      <select
        className="rate num"
        aria-label="Speed"
        value={rate}
        onChange={(event) => player.setRate(Number(event.target.value))}
      >
        {RATES.map((value) => (
          <option key={value} value={value}>
            {value}×
          </option>
        ))}
      </select>
      <button
        type="button"
        className="icon-btn mute"
        aria-label="Mute"
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
          Loop<span> selection</span>
        </button>
      )}
      <div className="grow" />
      {unplayable ? (
        <p className="player-note">This browser cannot play the file. The map works all the same.</p>
      ) : arriving ? (
        <p className="player-note player-awaits">It can be played when all of it is here.</p>
      ) : (
        <div className="key-hints" aria-hidden="true">
          <span>
            <kbd>space</kbd> play
          </span>
          <span>
            <kbd>N</kbd> next moment
          </span>
          <span>
            <kbd>/</kbd> add a prompt
          </span>
          <span>
            <kbd>?</kbd> all keys
          </span>
        </div>
      )}
    </section>
  );
}
