import { createStore, type StoreApi } from "zustand/vanilla";
import type { Verdict } from "../../api/types";
import { recordingAccess } from "../access/recording-access";
import type { Player } from "../playback/player";
import type { RecordingSession } from "../session/session";
import type { Viewport } from "../timeline/view-store";
import type { Moment } from "./judge";
import { ALL_MOMENTS, type Order, passes, type ShownBy, sorted } from "./shown";
import { isOpen, newVerdictId, saidOf } from "./verdict-of";

const FALLBACK_FRAME_S = 0.1;

/** A moment's edges while they are dragged, before they count. */
export interface Draft {
  key: string;
  onsetS: number;
  offsetS: number;
}

export interface ReviewState {
  /** Key of the moment that keys and the timeline's handles are about. */
  chosen: string | null;
  draft: Draft | null;
  order: Order;
  shownBy: ShownBy;
  /** Prompts whose groups are folded. */
  folded: ReadonlySet<string>;
}

export type Edge = "onset" | "offset";

/** Going through the moments: which are shown, which one is in hand, and what is said of it. */
export class Review {
  readonly store: StoreApi<ReviewState> = createStore(() => ({
    chosen: null,
    draft: null,
    order: "time" as const,
    shownBy: ALL_MOMENTS,
    folded: new Set<string>(),
  }));

  constructor(
    private readonly session: RecordingSession,
    private readonly player: Player,
    private readonly viewport: Viewport,
    private readonly seek: (timeS: number) => void,
  ) {}

  /** The moments as the list has them: filtered and in its order. */
  shown(): Moment[] {
    const { moments, hidden, prompts } = this.session.store.getState();
    const { shownBy, order } = this.store.getState();
    return sorted(
      moments.filter((moment) => !hidden.has(moment.key) && passes(moment, shownBy)),
      order,
      prompts,
    );
  }

  /** Those shown that count, in order of time: what one steps through. */
  steps(): Moment[] {
    return this.shown()
      .filter((moment) => moment.verdict !== "rejected")
      .sort((a, b) => a.onset_s - b.onset_s);
  }

  chosen(): Moment | null {
    const { chosen } = this.store.getState();
    return this.session.store.getState().moments.find((moment) => moment.key === chosen) ?? null;
  }

  /** The moment in hand, else the one shown under the playhead. */
  current(): Moment | null {
    const timeS = this.player.positionS;
    const under = (moment: Moment) => moment.onset_s <= timeS && timeS < moment.offset_s;
    return this.chosen() ?? this.steps().findLast(under) ?? null;
  }

  choose(moment: Moment | null): void {
    this.store.setState({ chosen: moment?.key ?? null, draft: null });
  }

  /** Takes a moment in hand and goes to its beginning. */
  open(moment: Moment): void {
    this.choose(moment);
    this.seek(moment.onset_s);
  }

  /** The moment of a row at a time, for a click on the map; none there lets go of the one in hand. */
  chooseAt(prompt: string | undefined, timeS: number): void {
    const under = (one: Moment) => one.prompt === prompt && one.onset_s <= timeS && timeS < one.offset_s;
    this.choose(this.session.store.getState().moments.find(under) ?? null);
  }

  play(moment: Moment): void {
    this.choose(moment);
    this.viewport.reveal(moment.onset_s);
    this.player.playSpan(moment.onset_s, moment.offset_s);
  }

  /** Whether this browser may say anything of moments: those of a recording are judged by its owner. */
  get mayJudge(): boolean {
    return recordingAccess(this.session.id).owner;
  }

  /** Says that it is there; said again, takes that back. */
  accept(moment: Moment): void {
    if (moment.verdict === "accepted") this.takeBack(moment);
    else if (isOpen(moment) || moment.verdict === "rejected") this.say(moment, { kind: "accepted" });
  }

  /** Says that it is not there; said again, takes that back. One that was added by hand just goes. */
  reject(moment: Moment): void {
    if (moment.verdict === "rejected" || moment.verdict === "added") this.takeBack(moment);
    else this.say(moment, { kind: "rejected" });
  }

  /** Unsays what was said of it. */
  takeBack(moment: Moment): void {
    if (moment.verdict_id && this.mayJudge) this.session.judge({ [moment.verdict_id]: null });
  }

  /** Leaves it out of the list, and of nothing else. */
  hide(moment: Moment): void {
    this.session.hide(new Set([...this.session.store.getState().hidden, moment.key]));
  }

  showHidden(): void {
    this.session.hide(new Set());
  }

  /** Gives a moment other edges, kept in the recording and a frame apart; steps of one `group` are one to undo. */
  adjust(moment: Moment, onsetS: number, offsetS: number, group: string | null = null): void {
    const { onset_s, offset_s } = moment;
    const edges = this.within(onsetS, offsetS, Math.abs(onsetS - onset_s) > Math.abs(offsetS - offset_s));
    this.store.setState({ draft: null });
    if (edges.onsetS === onset_s && edges.offsetS === offset_s) return;
    const [found, until] = moment.found ?? [];
    const asFound = edges.onsetS === found && edges.offsetS === until;
    const kind = moment.verdict === "added" ? "added" : asFound ? "accepted" : "adjusted";
    this.say(moment, { kind, onset_s: edges.onsetS, offset_s: edges.offsetS }, group);
  }

  /** Moves one edge by some frames; quick ones after another are one step. */
  nudge(moment: Moment, edge: Edge, frames: number): void {
    const by = frames * this.frameS();
    const onsetS = moment.onset_s + (edge === "onset" ? by : 0);
    const offsetS = moment.offset_s + (edge === "offset" ? by : 0);
    this.adjust(moment, onsetS, offsetS, `${edge} of ${moment.key}`);
  }

  /** Marks a moment that nobody found. */
  add(prompt: string, startS: number, endS: number): void {
    if (!this.mayJudge) return;
    const id = newVerdictId();
    this.session.judge({
      [id]: {
        ...{ id, prompt, kind: "added", onset_s: startS, offset_s: endS },
        ...{ found_onset_s: null, found_offset_s: null, updated_at: new Date().toISOString() },
      },
    });
    this.store.setState({ chosen: id });
  }

  drag(draft: Draft | null): void {
    if (!draft) {
      this.store.setState({ draft });
      return;
    }
    const moment = this.chosen();
    const startMoves = moment !== null && draft.onsetS !== moment.onset_s;
    this.store.setState({ draft: { ...draft, ...this.within(draft.onsetS, draft.offsetS, startMoves) } });
  }

  frameS(): number {
    return this.session.store.getState().recording?.seconds_per_frame ?? FALLBACK_FRAME_S;
  }

  /** An edge stops a frame before the other one, and at the ends of the recording. */
  private within(onsetS: number, offsetS: number, startMoves: boolean): { onsetS: number; offsetS: number } {
    const { durationS } = this.viewport.store.getState();
    const frameS = this.frameS();
    let from = Math.min(Math.max(0, onsetS), durationS);
    let to = Math.min(Math.max(0, offsetS), durationS);
    if (startMoves) from = Math.max(0, Math.min(from, to - frameS));
    else to = Math.min(durationS, Math.max(to, from + frameS));
    return { onsetS: Number(from.toFixed(4)), offsetS: Number(to.toFixed(4)) };
  }

  private say(moment: Moment, change: Partial<Verdict>, group: string | null = null): void {
    if (!this.mayJudge) return;
    const verdict = saidOf(moment, change);
    this.session.judge({ [verdict.id]: verdict }, group);
  }
}
