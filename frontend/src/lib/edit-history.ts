/** Edits of one kind that follow each other this closely are one step: the drag of a slider, say. */
const SAME_STEP_MS = 1000;
const MOST_STEPS = 200;

/** What was before each edit, for going back and forth. States are values and are never changed. */
export class EditHistory<T> {
  private undone: T[] = [];
  private done: T[] = [];
  private last: { group: string | null; at: number } = { group: null, at: Number.NEGATIVE_INFINITY };

  constructor(private readonly now: () => number = () => performance.now()) {}

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  /** To be called with the state as it is before an edit; edits of the same `group` in a row are one step. */
  record(before: T, group: string | null = null): void {
    const at = this.now();
    const same = group !== null && group === this.last.group && at - this.last.at < SAME_STEP_MS;
    this.last = { group, at };
    this.undone = [];
    if (same && this.done.length > 0) return;
    this.done.push(before);
    if (this.done.length > MOST_STEPS) this.done.shift();
  }

  /** Brings into every state kept what has changed meanwhile by itself, which no step of the reader's takes back. */
  adapt(change: (state: T) => T): void {
    this.done = this.done.map(change);
    this.undone = this.undone.map(change);
  }

  /** The state before the last edit, null where there is none. */
  undo(present: T): T | null {
    return this.step(this.done, this.undone, present);
  }

  redo(present: T): T | null {
    return this.step(this.undone, this.done, present);
  }

  private step(from: T[], to: T[], present: T): T | null {
    const state = from.pop();
    if (state === undefined) return null;
    to.push(present);
    this.last = { group: null, at: Number.NEGATIVE_INFINITY };
    return state;
  }
}
