import { createStore, type StoreApi } from "zustand/vanilla";
import { DisposableScope } from "../../lib/disposable-scope";

export interface PlaybackState {
  playing: boolean;
  /** For words and numbers, a few times a second; the playhead itself follows `onFrame`. */
  positionS: number;
  rate: number;
  muted: boolean;
  /** The browser cannot play this audio; the map and the playhead still work. */
  unplayable: boolean;
  /** Whether a selection is played over and over. */
  looping: boolean;
  /** Width by height of the moving picture, null where the file has none. */
  picture: number | null;
}

export interface Loop {
  startS: number;
  endS: number;
}

export const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2];
const READOUT_EVERY_MS = 100;

/** Owns the audio element and the one animation frame that follows it. */
export class Player {
  readonly store: StoreApi<PlaybackState> = createStore(() => ({
    playing: false,
    positionS: 0,
    rate: 1,
    muted: false,
    unplayable: false,
    looping: true,
    picture: null,
  }));
  /** Plays sound alone as well; a file that has a picture shows it where the element is put. */
  private readonly audio = document.createElement("video");
  /** Where the element is while nobody looks: taken out of the page it would stop playing. */
  private readonly holder = document.createElement("div");
  private readonly scope = new DisposableScope();
  private readonly watchers = new Set<(positionS: number) => void>();
  private frame = 0;
  private lastReadout = 0;
  /** Where the reader went before the audio was ready to go there. */
  private wantedS: number | null = null;
  private loop: Loop | null = null;
  /** Where the sound was last seen; a loop turns back only what ran over its end. */
  private lastS = 0;
  /** Where to stop, while one moment alone is played. */
  private untilS: number | null = null;

  constructor(private readonly address: string) {
    this.audio.preload = "metadata";
    this.audio.playsInline = true;
    this.holder.hidden = true;
    this.holder.append(this.audio);
    document.body.append(this.holder);
    const { audio, scope } = this;
    scope.listen(audio, "play", () => this.changed());
    scope.listen(audio, "pause", () => this.changed());
    scope.listen(audio, "ended", () => this.ended());
    // Animation frames rest in a page that is not seen; the sound goes on, and so does its loop.
    scope.listen(audio, "timeupdate", () => this.turnBack());
    scope.listen(audio, "seeked", () => this.publish(true));
    scope.listen(audio, "loadedmetadata", () => {
      if (this.wantedS !== null) this.jump(this.wantedS);
      this.wantedS = null;
      const { videoWidth, videoHeight } = audio;
      const picture = videoWidth > 0 && videoHeight > 0 ? videoWidth / videoHeight : null;
      this.store.setState({ unplayable: false, picture });
    });
    scope.listen(audio, "error", () => this.store.setState({ unplayable: true, playing: false }));
    scope.add(() => cancelAnimationFrame(this.frame));
    scope.add(() => {
      audio.pause();
      audio.removeAttribute("src");
      audio.load();
      audio.remove();
      this.holder.remove();
    });
  }

  /** To be called once the audio is there as a whole: before, there is nothing to ask for. */
  open(): void {
    if (!this.audio.hasAttribute("src")) this.audio.src = this.address;
  }

  get positionS(): number {
    return this.wantedS ?? this.audio.currentTime;
  }

  /** Calls back with the position now and whenever it moves; for drawing, so outside React. */
  onFrame(watcher: (positionS: number) => void): () => void {
    this.watchers.add(watcher);
    watcher(this.positionS);
    return () => this.watchers.delete(watcher);
  }

  /** Puts the picture into a box of the page; the returned function takes it out again. */
  showIn(box: HTMLElement): () => void {
    box.append(this.audio);
    return () => {
      if (this.audio.parentElement === box) this.holder.append(this.audio);
    };
  }

  /** Plays from one time to another, and stops there. */
  playSpan(startS: number, endS: number): void {
    if (!this.audio.hasAttribute("src")) return;
    this.seek(startS, endS);
    this.untilS = endS;
    if (this.audio.paused) this.audio.play().catch(() => this.changed());
  }

  toggle(): void {
    if (!this.audio.hasAttribute("src")) return;
    this.untilS = null;
    if (this.audio.paused) {
      // Refused when the browser wants a click first or cannot play the file; `error` tells the latter.
      this.audio.play().catch(() => this.changed());
    } else {
      this.audio.pause();
    }
  }

  seek(timeS: number, durationS: number): void {
    const target = Math.min(Math.max(0, timeS), durationS);
    this.untilS = null;
    if (this.audio.readyState >= HTMLMediaElement.HAVE_METADATA) {
      this.wantedS = null;
      this.jump(target);
    } else {
      this.wantedS = target;
    }
    this.publish(true);
  }

  /** The stretch to play over and over, as long as looping is on. */
  setLoop(loop: Loop | null): void {
    this.loop = loop;
  }

  setLooping(looping: boolean): void {
    this.store.setState({ looping });
  }

  setRate(rate: number): void {
    this.audio.playbackRate = rate;
    this.store.setState({ rate });
  }

  setMuted(muted: boolean): void {
    this.audio.muted = muted;
    this.store.setState({ muted });
  }

  dispose(): void {
    this.scope.dispose();
    this.watchers.clear();
  }

  private changed(): void {
    this.store.setState({ playing: !this.audio.paused });
    this.publish(true);
    cancelAnimationFrame(this.frame);
    if (!this.audio.paused) this.frame = requestAnimationFrame(this.follow);
  }

  private readonly follow = (): void => {
    this.turnBack();
    this.publish(false);
    if (!this.audio.paused) this.frame = requestAnimationFrame(this.follow);
  };

  /** Back to the start of the loop when the sound has run over its end; not when it was sent beyond it. */
  private turnBack(): void {
    const { loop, audio } = this;
    const fromS = this.lastS;
    this.lastS = audio.currentTime;
    if (this.untilS !== null && !audio.seeking && audio.currentTime >= this.untilS) {
      this.untilS = null;
      audio.pause();
      return;
    }
    if (!loop || !this.store.getState().looping || audio.paused || audio.seeking) return;
    if (fromS < loop.endS && audio.currentTime >= loop.endS) this.jump(loop.startS);
  }

  private ended(): void {
    const { loop } = this;
    if (
      loop &&
      this.store.getState().looping &&
      this.lastS >= loop.startS &&
      loop.endS >= this.audio.duration - 0.2
    ) {
      this.jump(loop.startS);
      this.audio.play().catch(() => this.changed());
      return;
    }
    this.changed();
  }

  private jump(timeS: number): void {
    this.audio.currentTime = timeS;
    this.lastS = timeS;
  }

  private publish(always: boolean): void {
    const positionS = this.positionS;
    for (const watcher of this.watchers) watcher(positionS);
    const now = performance.now();
    if (!always && now - this.lastReadout < READOUT_EVERY_MS) return;
    this.lastReadout = now;
    this.store.setState({ positionS });
  }
}
