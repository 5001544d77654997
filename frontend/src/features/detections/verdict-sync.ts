import { apiUrl } from "../../api/base";
import { deleteVerdict, listVerdicts, putVerdict } from "../../api/client";
import { ApiError, type Problem } from "../../api/problem";
import type { Verdict } from "../../api/types";
import type { DisposableScope } from "../../lib/disposable-scope";
import type { Verdicts } from "./judge";

const AGAIN_MS = 3000;

export interface SyncEvents {
  /** What the server has, where it differs from what this page knew. */
  onLoaded: (verdicts: Verdicts) => void;
  /** The server will not have it: it is as it was there (null: nothing). */
  onRefused: (id: string, kept: Verdict | null, problem: Problem) => void;
  /** How many changes the server has yet to confirm, and whether it could not be reached with them. */
  onUnsaved: (count: number, away: boolean) => void;
}

/** Brings the verdicts on the page to the server, one after the other, and tries again while it is away. */
export class VerdictSync {
  /** What the server is known to have. */
  private kept: Verdicts = {};
  private wanted: Verdicts = {};
  private loaded = false;
  private sending = false;
  private away = false;
  /** What the server listed may be older than what this page has told it since: it is to be asked again. */
  private stale = false;
  /** Between the tabs of this browser that show the recording; the server tells nobody of verdicts. */
  private readonly tabs: BroadcastChannel;

  constructor(
    private readonly id: string,
    private readonly requests: () => AbortSignal,
    private readonly scope: DisposableScope,
    private readonly events: SyncEvents,
  ) {
    scope.listen(window, "online", () => void this.send());
    scope.listen<Window, BeforeUnloadEvent>(window, "beforeunload", (event) => {
      if (this.unsaved().length > 0) event.preventDefault();
    });
    this.tabs = new BroadcastChannel(`sonotag verdicts ${apiUrl("").pathname} ${id}`);
    scope.add(() => this.tabs.close());
    scope.listen(this.tabs, "message", () => {
      if (this.loaded) void this.load();
    });
    // Another browser may have judged in the meantime.
    scope.listen(document, "visibilitychange", () => {
      if (document.visibilityState === "visible" && this.loaded) void this.load();
    });
  }

  async load(): Promise<void> {
    try {
      const before = this.wanted;
      const listed = await listVerdicts(this.id, this.requests());
      const busy = this.unsaved().length > 0 || this.sending;
      this.stale = busy || this.wanted !== before;
      if (this.stale) {
        if (!busy) void this.load();
        return;
      }
      this.loaded = true;
      this.kept = Object.fromEntries(listed.map((verdict) => [verdict.id, verdict]));
      this.wanted = this.kept;
      this.events.onLoaded(this.kept);
    } catch {
      // A server that is away is told of elsewhere.
      if (!this.requests().aborted && !this.loaded) this.scope.after(AGAIN_MS, () => void this.load());
    }
  }

  /** To be called with every change of the verdicts on the page. */
  want(verdicts: Verdicts): void {
    this.wanted = verdicts;
    void this.send();
  }

  private unsaved(): string[] {
    const ids = new Set([...Object.keys(this.wanted), ...Object.keys(this.kept)]);
    return [...ids].filter((id) => this.wanted[id] !== this.kept[id]);
  }

  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      for (let [id] = this.unsaved(); id !== undefined; [id] = this.unsaved()) {
        this.events.onUnsaved(this.unsaved().length, this.away);
        if (!(await this.sendOne(id))) return;
      }
    } finally {
      this.sending = false;
      this.events.onUnsaved(this.unsaved().length, this.away);
      if (this.stale && this.unsaved().length === 0) void this.load();
    }
  }

  /** Whether to go on with the next. */
  private async sendOne(id: string): Promise<boolean> {
    const verdict = this.wanted[id];
    try {
      if (verdict) await putVerdict(this.id, verdict);
      else await deleteVerdict(this.id, id);
      this.away = false;
      this.kept = changed(this.kept, id, verdict ?? null);
      this.tabs.postMessage("changed");
      return true;
    } catch (error) {
      if (this.scope.disposed || this.requests().aborted) return false;
      if (error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429) {
        const kept = this.kept[id] ?? null;
        this.wanted = changed(this.wanted, id, kept);
        this.events.onRefused(id, kept, error.problem);
        return true;
      }
      this.away = true;
      this.scope.after(AGAIN_MS, () => void this.send());
      return false;
    }
  }
}

/** Verdicts with one of them put in, or taken out. */
export function changed(verdicts: Verdicts, id: string, verdict: Verdict | null): Verdicts {
  const { [id]: _, ...others } = verdicts;
  return verdict === null ? others : { ...others, [id]: verdict };
}

/** What turned one state of the verdicts into another, to be done to further ones. */
export function followed(before: Verdicts, after: Verdicts): (verdicts: Verdicts) => Verdicts {
  const ids = new Set([...Object.keys(before), ...Object.keys(after)]);
  const other = [...ids].filter((id) => before[id] !== after[id]);
  return (verdicts) => other.reduce((all, id) => changed(all, id, after[id] ?? null), verdicts);
}
