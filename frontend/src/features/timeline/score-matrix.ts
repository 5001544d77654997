import type { View } from "./geometry";
import { ScoreRow } from "./score-row";

type Rows = ReadonlyArray<ArrayLike<number> | null>;

/** A column that starts a hair before a frame's edge belongs to that frame. */
const EDGE_S = 1e-6;

export interface RowStatistics {
  /** Share of the time at or above the threshold, 0 to 1. */
  share: number;
  peak: number;
  mean: number;
}

/**
 * Scores of all prompts over time, outside React's state. A column lasts `secondsPerColumn`; frames that come in
 * finer than that are pooled by their maximum. Rows are found by prompt, so that deltas scored for words that are
 * no longer on the page fall away by themselves, and words that stay keep their scores.
 */
export class ScoreMatrix {
  private rows = new Map<string, ScoreRow>();
  private columnS: number | null = null;
  private heard = 0;

  constructor(
    prompts: readonly string[] = [],
    private readonly startS = 0,
  ) {
    this.setPrompts(prompts);
  }

  get prompts(): string[] {
    return [...this.rows.keys()];
  }

  get secondsPerColumn(): number | null {
    return this.columnS;
  }

  get fromS(): number {
    return this.startS;
  }

  /** Everything before this second has been heard. */
  get heardUntilS(): number {
    return this.heard;
  }

  setPrompts(prompts: readonly string[]): void {
    const old = this.rows;
    this.rows = new Map(prompts.map((prompt) => [prompt, old.get(prompt) ?? new ScoreRow()]));
  }

  /** Replaces everything; `secondsPerColumn` is null while nothing has been analysed. */
  load(prompts: readonly string[], secondsPerColumn: number | null, scores: Rows, heardUntilS: number): void {
    this.rows = new Map();
    prompts.forEach((prompt, index) => {
      const row = new ScoreRow();
      const given = scores[index];
      if (given && given.length > 0) row.write(0, given);
      this.rows.set(prompt, row);
    });
    this.columnS = secondsPerColumn;
    this.heard = heardUntilS;
  }

  /** Adds the frames of one or more consecutive windows. */
  append(
    startS: number,
    endS: number,
    secondsPerFrame: number,
    prompts: readonly string[],
    scores: Rows,
  ): void {
    this.columnS ??= secondsPerFrame;
    const columnS = this.columnS;
    const pooled = columnS > secondsPerFrame * 1.001;
    prompts.forEach((prompt, index) => {
      const row = this.rows.get(prompt);
      const frames = scores[index];
      if (!row || !frames || frames.length === 0) return;
      if (!pooled) {
        row.write(Math.round((startS - this.startS) / columnS), frames);
        return;
      }
      for (let frame = 0; frame < frames.length; frame += 1) {
        const middleS = startS - this.startS + (frame + 0.5) * secondsPerFrame;
        row.raise(Math.floor(middleS / columnS), frames[frame]);
      }
    });
    this.heard = Math.max(this.heard, endS);
  }

  /** Score at one moment, NaN where nothing has been heard (or the prompt is not covered). */
  scoreAt(prompt: string, timeS: number): number {
    const row = this.rows.get(prompt);
    if (!row || this.columnS === null) return Number.NaN;
    return row.at(Math.floor((timeS - this.startS + EDGE_S) / this.columnS));
  }

  /** Highest score in [fromS, toS): what one pixel of the map shows. Never narrower than a column. */
  maxIn(prompt: string, fromS: number, toS: number): number {
    const row = this.rows.get(prompt);
    if (!row || this.columnS === null) return Number.NaN;
    const first = Math.floor((fromS - this.startS + EDGE_S) / this.columnS);
    const end = Math.ceil((toS - this.startS - EDGE_S) / this.columnS);
    return row.max(first, Math.max(end, first + 1));
  }

  /**
   * What each of `pixels.length` pixels across a view shows of a prompt: the highest score in its stretch of time,
   * NaN where none is known.
   */
  fill(prompt: string, view: View, pixels: Float32Array): void {
    const row = this.rows.get(prompt);
    if (!row || this.columnS === null || row.length === 0) {
      pixels.fill(Number.NaN);
      return;
    }
    const edge = EDGE_S / this.columnS;
    const step = (view.endS - view.startS) / pixels.length / this.columnS;
    const origin = (view.startS - this.startS) / this.columnS;
    for (let pixel = 0; pixel < pixels.length; pixel += 1) {
      const first = Math.floor(origin + pixel * step + edge);
      const end = Math.ceil(origin + (pixel + 1) * step - edge);
      pixels[pixel] = row.max(first, end > first ? end : first + 1);
    }
  }

  /** Columns of a prompt that touch a stretch, from the one numbered `first` on; NaN where nothing is known. */
  columnsIn(prompt: string, fromS: number, toS: number): { first: number; scores: Float32Array } {
    const row = this.rows.get(prompt);
    if (!row || this.columnS === null) return { first: 0, scores: new Float32Array() };
    const first = Math.max(0, Math.floor((fromS - this.startS + EDGE_S) / this.columnS));
    const end = Math.min(row.length, Math.ceil((toS - this.startS - EDGE_S) / this.columnS));
    const scores = new Float32Array(Math.max(0, end - first));
    for (let index = 0; index < scores.length; index += 1) scores[index] = row.at(first + index);
    return { first, scores };
  }

  /** What the columns whose middle lies between two moments say; null where none of them has been heard. */
  statistics(prompt: string, fromS: number, toS: number, threshold: number): RowStatistics | null {
    const row = this.rows.get(prompt);
    const columnS = this.columnS;
    if (!row || columnS === null) return null;
    const first = Math.max(0, Math.ceil((fromS - this.startS) / columnS - 0.5 - EDGE_S));
    const end = Math.min(row.length, Math.ceil((toS - this.startS) / columnS - 0.5 - EDGE_S));
    let known = 0;
    let above = 0;
    let sum = 0;
    let peak = 0;
    // A stretch shorter than a column is told by the column it lies in.
    const lone = Math.floor((fromS - this.startS + EDGE_S) / columnS);
    const [from, to] = end > first ? [first, end] : [lone, lone + 1];
    for (let column = from; column < to; column += 1) {
      const score = row.at(column);
      if (Number.isNaN(score)) continue;
      known += 1;
      sum += score;
      if (score >= threshold) above += 1;
      if (score > peak) peak = score;
    }
    return known === 0 ? null : { share: above / known, peak, mean: sum / known };
  }

  /** When in a stretch a prompt scores highest: the middle of that column, or of the stretch where none is known. */
  peakTime(prompt: string, fromS: number, toS: number): number {
    const { first, scores } = this.columnsIn(prompt, fromS, toS);
    let best = -1;
    scores.forEach((score, index) => {
      if (!Number.isNaN(score) && !(best >= 0 && score <= scores[best])) best = index;
    });
    if (best < 0 || this.columnS === null) return (fromS + toS) / 2;
    return this.startS + (first + best + 0.5) * this.columnS;
  }

  /** Columns known for a prompt; 0 for one that is not covered or not scored yet. */
  columnsOf(prompt: string): number {
    return this.rows.get(prompt)?.length ?? 0;
  }

  peakOf(prompt: string): number {
    const row = this.rows.get(prompt);
    return row ? row.max(0, row.length) : Number.NaN;
  }
}
