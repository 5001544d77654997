/**
 * Collects everything a feature starts (listeners, timers, frames, observers) so that one call ends it all.
 * Nothing may be added to a scope that has been disposed of: it is released at once instead.
 */
export class DisposableScope {
  private releases: Array<() => void> = [];
  private done = false;

  get disposed(): boolean {
    return this.done;
  }

  add(release: () => void): void {
    if (this.done) release();
    else this.releases.push(release);
  }

  listen<T extends EventTarget, E extends Event = Event>(
    target: T,
    type: string,
    handler: (event: E) => void,
    options?: AddEventListenerOptions,
  ): void {
    const listener = handler as EventListener;
    target.addEventListener(type, listener, options);
    this.add(() => target.removeEventListener(type, listener, options));
  }

  /** Runs once after `ms`; the returned function cancels it. */
  after(ms: number, run: () => void): () => void {
    const timer = setTimeout(run, ms);
    const cancel = () => clearTimeout(timer);
    this.add(cancel);
    return cancel;
  }

  every(ms: number, run: () => void): void {
    const timer = setInterval(run, ms);
    this.add(() => clearInterval(timer));
  }

  dispose(): void {
    if (this.done) return;
    this.done = true;
    for (const release of this.releases.reverse()) release();
    this.releases = [];
  }
}
