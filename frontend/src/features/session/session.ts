import { createStore, type StoreApi } from "zustand/vanilla";
import { socketUrl, withPrompts } from "../../api/base";
import { cancelAnalysis, deleteRecording, getRecording, startAnalysis } from "../../api/client";
import { takeEarlySocket } from "../../api/early";
import { type Connection, EventSocket, type SocketLike } from "../../api/event-socket";
import { ApiError, type Problem, problemOf } from "../../api/problem";
import type {
  PromptInfo,
  Recording,
  RecordingMessage,
  RecordingState,
  SnapshotEvent,
  Verdict,
  WindowEvent,
} from "../../api/types";
import type { Place } from "../../app/place";
import { DisposableScope } from "../../lib/disposable-scope";
import { EditHistory } from "../../lib/edit-history";
import { goneProblem, isShareLink } from "../access/recording-access";
import { hiddenOf, keepHidden } from "../detections/hidden-kept";
import type { Verdicts } from "../detections/judge";
import { changed, followed, VerdictSync } from "../detections/verdict-sync";
import { addPrompts, replacePrompt, splitPrompts } from "../prompts/split";
import { ScoreMatrix } from "../timeline/score-matrix";
import { MomentsFeed } from "./moments-feed";
import { RowScoring } from "./row-scoring";
import {
  arrivalOf,
  INITIAL_SESSION,
  judged,
  progressOf,
  type RowSettings,
  type SessionState,
  type Steps,
  withRow,
} from "./session-state";

/** One recording on show: its stream, its scores and what the reader asked of it. */
export class RecordingSession {
  readonly store: StoreApi<SessionState> = createStore(() => INITIAL_SESSION);
  readonly matrix = new ScoreMatrix();
  private readonly scope = new DisposableScope();
  private socket: EventSocket | null = null;
  /** The words of the last snapshot: those the server took. */
  private acceptedPrompts: readonly string[] | null = null;
  private requesting = new AbortController();
  /** Whether the words on the page are the reader's, no longer just those it was opened with. */
  private wordsChosen = false;
  private readonly moments: MomentsFeed;
  private readonly verdicts: VerdictSync;
  private readonly history = new EditHistory<Steps>();
  private readonly rowScoring: RowScoring;

  constructor(
    readonly id: string,
    private readonly askedPrompts: string[] | null,
  ) {
    this.moments = new MomentsFeed(
      id,
      this.store,
      () => this.requests,
      this.scope,
      (found, told) => {
        this.store.setState({ found, ...told });
        this.judgeAnew();
      },
    );
    this.rowScoring = new RowScoring(
      {
        store: this.store,
        matrix: this.matrix,
        requests: () => this.requests,
        tellStream: () => this.socket?.setPrompts(this.store.getState().prompts),
        onScored: () => {
          this.store.setState(changedScores);
          this.moments.refresh();
        },
      },
      this.scope,
    );
    this.verdicts = new VerdictSync(id, () => this.requests, this.scope, {
      onLoaded: (verdicts) => this.receiveVerdicts(verdicts),
      onRefused: (verdictId, kept, problem) => {
        this.receiveVerdicts(changed(this.store.getState().verdicts, verdictId, kept));
        this.store.setState({ actionProblem: problem });
      },
      onUnsaved: (unsaved, savingFails) => this.store.setState({ unsaved, savingFails }),
    });
    this.store.setState({ hidden: hiddenOf(id) });
    this.scope.add(() => this.requesting.abort());
    this.scope.add(() => this.socket?.dispose());
    this.scope.listen(window, "online", () => this.socket?.retryNow());
    void this.load();
  }

  dispose(): void {
    this.scope.dispose();
  }

  retryConnection(): void {
    if (this.socket) this.socket.retryNow();
    else void this.load();
  }

  setPrompts(prompts: string[]): void {
    this.edit({ prompts });
  }

  /** The words on the page, or null while they are those of the recording. */
  chosenPrompts(): string[] | null {
    const { prompts, recording } = this.store.getState();
    return sameWords(prompts, recording?.prompts ?? []) ? null : prompts;
  }

  /** Sets what an address says; no step of the reader's, so none to undo. */
  open({ threshold, rows }: Place): void {
    const now = stepsOf(this.store.getState());
    this.apply({ ...now, threshold: threshold ?? now.threshold, rows: rows ?? now.rows });
  }

  setThreshold(threshold: number): void {
    this.edit({ threshold }, "threshold");
  }

  setRow(prompt: string, change: RowSettings): void {
    const { rows } = this.store.getState();
    this.edit({ rows: withRow(rows, prompt, change) }, `${Object.keys(change).join(" ")} of ${prompt}`);
  }

  /** Other words for a row, or none; what was set for it stays with the first of them. */
  replaceRow(prompt: string, replacements: readonly string[]): void {
    const { prompts, rows } = this.store.getState();
    const [first] = replacements;
    const { [prompt]: own, ...others } = rows;
    const moves = own !== undefined && first !== undefined && first !== prompt;
    this.edit({
      prompts: replacePrompt(prompts, prompt, replacements),
      rows: moves ? { ...others, [first]: rows[first] ?? own } : rows,
    });
  }

  /** Says something of moments, or takes it back (null); steps of the same `group` in a row are one. */
  judge(said: Readonly<Record<string, Verdict | null>>, group: string | null = null): void {
    let { verdicts } = this.store.getState();
    for (const [id, verdict] of Object.entries(said)) verdicts = changed(verdicts, id, verdict);
    this.edit({ verdicts }, group);
  }

  /** Which moments the list leaves out. */
  hide(hidden: ReadonlySet<string>): void {
    this.edit({ hidden });
  }

  /** Rows and what is set for them, as one step. */
  putRows(change: Pick<Steps, "prompts" | "rows">): void {
    this.edit({ prompts: change.prompts, rows: change.rows });
  }

  undo(): boolean {
    const before = this.history.undo(stepsOf(this.store.getState()));
    if (before) this.apply(before);
    return before !== null;
  }

  redo(): boolean {
    const after = this.history.redo(stepsOf(this.store.getState()));
    if (after) this.apply(after);
    return after !== null;
  }

  /** A step that can be undone; steps of the same `group` in a row are one. */
  private edit(change: Partial<Steps>, group: string | null = null): void {
    const before = stepsOf(this.store.getState());
    this.history.record(before, group);
    this.apply({ ...before, ...change });
  }

  private apply({ prompts, threshold, rows, verdicts, hidden }: Steps): void {
    const state = this.store.getState();
    if (threshold !== state.threshold || rows !== state.rows) {
      this.store.setState({ threshold, rows, detectionsStale: true });
      this.moments.refresh();
    }
    if (verdicts !== state.verdicts || hidden !== state.hidden) {
      this.store.setState({ verdicts, hidden });
      if (hidden !== state.hidden) keepHidden(this.id, hidden);
      this.verdicts.want(verdicts);
    }
    if (!sameWords(prompts, state.prompts)) this.applyPrompts(prompts);
    this.judgeAnew();
  }

  /** The moments that follow from what was found and what people said, for the words on the page. */
  private judgeAnew(): void {
    this.store.setState((state) => judged(state, this.matrix));
  }

  /** Verdicts as the server has them: no step of the reader's, so none that undoing would take back. */
  private receiveVerdicts(verdicts: Verdicts): void {
    const follow = followed(this.store.getState().verdicts, verdicts);
    this.history.adapt((steps) => ({ ...steps, verdicts: follow(steps.verdicts) }));
    this.store.setState({ verdicts });
    this.judgeAnew();
  }

  private applyPrompts(prompts: string[]): void {
    this.wordsChosen = true;
    this.matrix.setPrompts(prompts);
    this.store.setState((state) => ({
      prompts,
      ...changedScores(state),
      actionProblem: null,
    }));
    this.rowScoring.changed();
  }

  async analyse(): Promise<void> {
    const { prompts } = this.store.getState();
    await this.act(async () => {
      await startAnalysis(this.id, prompts.length > 0 ? prompts : null);
      if (prompts.length > 0) return; // All else is told by the stream.
      const { prompts: given } = await getRecording(this.id);
      this.applyPrompts(addPrompts([], splitPrompts(given.join(";"))));
    });
  }

  async cancel(): Promise<void> {
    // Of a recording that is still arriving nothing is kept, so nothing may be asked of it meanwhile.
    const discards = this.store.getState().recording?.arriving ?? false;
    if (discards) this.requesting.abort();
    await this.act(async () => {
      await cancelAnalysis(this.id);
    });
    if (discards) this.requesting = new AbortController();
  }

  /** Ends with the session, and while the recording is being deleted: nothing may ask for it any more. */
  get requests(): AbortSignal {
    return this.requesting.signal;
  }

  async remove(): Promise<void> {
    this.requesting.abort();
    try {
      await deleteRecording(this.id);
      keepHidden(this.id, new Set());
    } catch (error) {
      this.requesting = new AbortController();
      throw error;
    }
  }

  dismissProblem(): void {
    this.store.setState({ actionProblem: null });
  }

  private async act(work: () => Promise<void>): Promise<void> {
    this.store.setState({ busy: true, actionProblem: null });
    try {
      await work();
    } catch (error) {
      this.store.setState({ actionProblem: problemOf(error) });
    } finally {
      this.store.setState({ busy: false });
    }
  }

  private async load(): Promise<void> {
    try {
      const recording = await getRecording(this.id);
      if (this.scope.disposed || this.socket) return;
      const prompts = this.askedPrompts ?? recording.prompts;
      this.matrix.setPrompts(prompts);
      // First, so that scores that are there already come with what they are scores of.
      this.connect(prompts);
      this.store.setState({ recording, prompts, loadProblem: null });
      void this.verdicts.load();
    } catch (error) {
      if (this.scope.disposed) return;
      const gone = isShareLink(this.id) && error instanceof ApiError && error.status === 404;
      this.store.setState({ loadProblem: gone ? goneProblem(this.id) : problemOf(error) });
      // A server that is only away for a moment comes back; one that says no does not change its mind.
      if (!(error instanceof ApiError) || error.status === 0) this.scope.after(3000, () => void this.load());
    }
  }

  private connect(prompts: string[]): void {
    this.socket = new EventSocket({
      prompts,
      address: (after, words) => {
        const url = socketUrl(`ws/recordings/${encodeURIComponent(this.id)}`);
        if (after !== null) url.searchParams.set("after", String(after));
        return withPrompts(url, words).href;
      },
      onMessage: (message) => this.receive(message),
      onConnection: (connection) => this.receiveConnection(connection),
      open: (address) =>
        takeEarlySocket(this.id, this.askedPrompts) ?? (new WebSocket(address) as SocketLike),
    });
  }

  private receive(message: RecordingMessage): void {
    switch (message.type) {
      case "snapshot":
        this.receiveSnapshot(message);
        break;
      case "window":
        this.receiveWindow(message);
        break;
      case "progress":
        if (message.unit === "bytes") this.store.setState({ arrival: arrivalOf(message) });
        else this.store.setState({ progress: progressOf(message) });
        break;
      case "state":
        this.receiveState(message.state);
        break;
      case "model":
        // Another model hears the recording from the start: what the last one heard no longer holds.
        if (message.version !== this.store.getState().recording?.model_version) this.forgetScores();
        this.patchRecording({
          model: message.name,
          model_version: message.version,
          seconds_per_frame: message.seconds_per_frame,
        });
        break;
      case "recording":
        if (message.recording.analyzed_s === 0 && this.matrix.heardUntilS > 0) this.forgetScores();
        this.store.setState({ recording: message.recording });
        break;
      case "error":
        this.patchRecording({
          error: {
            code: message.code,
            message: message.message,
            hint: message.hint,
            details: message.details ?? null,
          },
        });
        break;
      case "rejected":
        this.receiveRefusal({ code: message.code, message: message.message, hint: message.hint });
        break;
    }
  }

  private receiveState(state: RecordingState): void {
    if (state === "queued") {
      this.store.setState({ progress: null });
      this.patchRecording({ state, error: null });
      return;
    }
    this.patchRecording({ state });
    if (state === "done" || state === "cancelled" || state === "failed") this.moments.follow();
  }

  private receiveConnection(connection: Connection): void {
    this.store.setState({ connection });
    if (connection.kind !== "ended") return;
    if (connection.reason === "gone") {
      this.store.setState({ recording: null, loadProblem: goneProblem(this.id) });
    } else {
      // In the server's language; where it is shown, its code finds the reader's.
      const message = connection.words === "" ? "The server refused the connection." : connection.words;
      this.receiveRefusal({ code: "refused", message, hint: "Change the prompts, or reload the page." });
    }
  }

  /** Words the server will not take are taken back, so that the page shows what is scored and nothing else. */
  private receiveRefusal(problem: Problem): void {
    const accepted = this.acceptedPrompts;
    if (accepted && !sameWords(accepted, this.store.getState().prompts)) this.applyPrompts([...accepted]);
    this.store.setState({ actionProblem: problem });
  }

  private forgetScores(): void {
    const { prompts } = this.store.getState();
    this.matrix.load(prompts, null, [], 0);
    this.store.setState((state) => ({ ...changedScores(state), found: [] }));
    this.judgeAnew();
  }

  private receiveSnapshot(message: SnapshotEvent): void {
    const words = message.prompts.map((info) => info.prompt);
    const wanted = this.store.getState().prompts;
    // It may answer words that the reader has changed since; the answer to those is on its way.
    if (this.wordsChosen && !sameWords(words, wanted)) return;
    this.acceptedPrompts = words;
    this.matrix.load(words, message.seconds_per_column, message.scores, message.end_s);
    const infos: Record<string, PromptInfo> = {};
    for (const info of message.prompts) infos[info.prompt] = info;
    this.store.setState((state) => ({
      ...this.rowScoring.answered(),
      recording: message.recording,
      prompts: words,
      infos,
      ...changedScores(state),
    }));
    this.moments.refresh();
  }

  private receiveWindow(message: WindowEvent): void {
    const { start_s, end_s, seconds_per_frame, prompts, scores } = message;
    this.matrix.append(start_s, end_s, seconds_per_frame, prompts, scores);
    const recording = this.store.getState().recording;
    this.store.setState((state) => ({
      ...changedScores(state),
      recording: recording && {
        ...recording,
        analyzed_s: Math.max(recording.analyzed_s, end_s),
        windows_done: Math.max(recording.windows_done, message.index + message.count),
        seconds_per_frame,
      },
    }));
    this.moments.follow();
  }

  private patchRecording(change: Partial<Recording>): void {
    this.store.setState((state) => ({ recording: state.recording && { ...state.recording, ...change } }));
  }
}

function stepsOf({ prompts, threshold, rows, verdicts, hidden }: SessionState): Steps {
  return { prompts, threshold, rows, verdicts, hidden };
}

/** The matrix has changed behind React's back, and the moments have yet to follow. */
function changedScores(state: SessionState): Pick<SessionState, "matrixVersion" | "detectionsStale"> {
  return { matrixVersion: state.matrixVersion + 1, detectionsStale: true };
}

function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, index) => word === b[index]);
}
