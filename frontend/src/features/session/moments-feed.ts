import type { StoreApi } from "zustand/vanilla";
import { getDetections } from "../../api/client";
import { ApiError } from "../../api/problem";
import type { Detection, Detections } from "../../api/types";
import type { DisposableScope } from "../../lib/disposable-scope";
import { debounced, throttled } from "../../lib/throttled";
import { type MomentRule, type SessionState, soundingPrompts, thresholdOf } from "./session-state";

const WHILE_RUNNING_MS = 800;
const SETTLE_MS = 120;

/**
 * Keeps the list of moments up with the scores. The rule that makes moments of scores lives in the server, so
 * that the list, the exports and the API can never differ; asking again costs it milliseconds.
 */
export class MomentsFeed {
  /** For scores that keep coming: now, then at most once in a while. */
  readonly follow = throttled(WHILE_RUNNING_MS, () => void this.loadInTurn());
  /** For a change by the reader: once it has settled. */
  readonly refresh = debounced(SETTLE_MS, () => void this.load());
  private request: AbortController | null = null;
  private inTurn = false;

  constructor(
    private readonly id: string,
    private readonly store: StoreApi<SessionState>,
    private readonly requests: () => AbortSignal,
    scope: DisposableScope,
    private readonly onFound: (found: Detection[], told: Partial<SessionState>) => void,
  ) {
    scope.add(() => this.follow.cancel());
    scope.add(() => this.refresh.cancel());
    scope.add(() => this.request?.abort());
  }

  /** Of a long recording an answer can take longer than the next question: that one waits, or none ever came. */
  private async loadInTurn(): Promise<void> {
    if (this.inTurn) {
      this.follow();
      return;
    }
    this.inTurn = true;
    await this.load();
    this.inTurn = false;
  }

  private async load(): Promise<void> {
    this.request?.abort();
    const state = this.store.getState();
    const { infos, recording, matrixVersion } = state;
    const covered = soundingPrompts(state).filter((prompt) => infos[prompt]?.covered);
    if (covered.length === 0 || !recording || recording.analyzed_s === 0) {
      this.onFound([], { detectionsStale: false });
      return;
    }
    const request = new AbortController();
    this.request = request;
    try {
      const signal = AbortSignal.any([request.signal, this.requests()]);
      const { detections: found, rule } = await getDetections(
        this.id,
        covered,
        covered.map((prompt) => thresholdOf(state, prompt)),
        signal,
      );
      const overtaken = this.store.getState().matrixVersion !== matrixVersion;
      this.onFound(found, { detectionsStale: overtaken, rule: ruleOf(rule) });
    } catch (error) {
      if (request.signal.aborted || this.requests().aborted) return;
      // A server that is away is told of elsewhere, and the next scores ask again.
      if (error instanceof ApiError && error.status >= 400 && error.status !== 404 && error.status < 500) {
        this.store.setState({ actionProblem: error.problem });
      }
    }
  }
}

/** The release as a share of the threshold, so that it holds for rows with thresholds of their own. */
function ruleOf(rule: Detections["rule"]): MomentRule {
  return {
    releaseShare: rule.release / rule.threshold,
    mergeGapS: rule.merge_gap_s,
    minLengthS: rule.min_length_s,
  };
}
