import type { StoreApi } from "zustand/vanilla";
import { getScores } from "../../api/client";
import type { Recording } from "../../api/types";
import type { DisposableScope } from "../../lib/disposable-scope";
import { debounced } from "../../lib/throttled";
import type { ScoreMatrix } from "../timeline/score-matrix";
import type { SessionState } from "./session-state";

/** As many as a snapshot has. */
const SNAPSHOT_COLUMNS = 4096;
const SAME_S = 1e-6;
/** Whoever adds one row often adds another. */
const SETTLE_MS = 1500;

interface Parts {
  store: StoreApi<SessionState>;
  matrix: ScoreMatrix;
  requests: () => AbortSignal;
  /** Has the stream score all words on the page, which it answers with a snapshot. */
  tellStream: () => void;
  /** The matrix and the infos hold the added rows. */
  onScored: () => void;
}

/**
 * Scores for rows that the reader adds. To a recording that is done they come by themselves, in a fraction of the time
 * that a snapshot of all rows takes, and the stream hears of the words a little later. Else the stream scores them.
 */
export class RowScoring {
  /** When rows were asked for of which there are no scores yet. */
  private askedAtMs: number | null = null;
  private readonly tellLater = debounced(SETTLE_MS, () => this.parts.tellStream());

  constructor(
    private readonly parts: Parts,
    scope: DisposableScope,
  ) {
    scope.add(() => this.tellLater.cancel());
  }

  /** To be called when the words on the page have changed. */
  changed(): void {
    const { prompts, recording, infos } = this.parts.store.getState();
    const isUnscored = (prompt: string) => this.parts.matrix.columnsOf(prompt) === 0;
    const added = prompts.filter((prompt) => isUnscored(prompt) && infos[prompt]?.covered !== false);
    this.askedAtMs = added.length > 0 ? performance.now() : null;
    if (added.length > 0) this.parts.store.setState({ rescoredMs: null });
    if (recording?.state !== "done") {
      this.tellNow();
      return;
    }
    this.tellLater();
    if (added.length > 0) void this.score(recording, prompts, added);
  }

  /** What to put into the state when scores of all words have come. */
  answered(): Partial<Pick<SessionState, "rescoredMs">> {
    if (this.askedAtMs === null) return {};
    const rescoredMs = performance.now() - this.askedAtMs;
    this.askedAtMs = null;
    return { rescoredMs };
  }

  private tellNow(): void {
    this.tellLater.cancel();
    this.parts.tellStream();
  }

  private async score(recording: Recording, prompts: readonly string[], added: string[]): Promise<void> {
    const { store, matrix, requests, onScored } = this.parts;
    const { secondsPerColumn, heardUntilS } = matrix;
    const span = { fromS: 0, toS: Math.ceil(heardUntilS) + 1, maxColumns: SNAPSHOT_COLUMNS };
    const found = await getScores(recording.id, added, span, requests()).catch(() => null);
    if (store.getState().prompts !== prompts || this.askedAtMs === null) return;
    const fits =
      found !== null &&
      secondsPerColumn !== null &&
      secondsPerColumn === matrix.secondsPerColumn &&
      Math.abs(found.seconds_per_column - secondsPerColumn) < SAME_S &&
      Math.abs(found.end_s - heardUntilS) < SAME_S &&
      found.model_version === store.getState().recording?.model_version &&
      found.prompts.length === added.length;
    if (!fits) {
      // The stream has them in columns that fit, or says why they are not taken.
      this.tellNow();
      return;
    }
    matrix.append(0, heardUntilS, secondsPerColumn, added, found.scores);
    store.setState((state) => ({
      ...this.answered(),
      infos: { ...state.infos, ...Object.fromEntries(found.prompts.map((info) => [info.prompt, info])) },
    }));
    onScored();
  }
}
