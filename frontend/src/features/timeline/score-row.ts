/** Each level of the pyramid holds the maximum of this many entries of the one below it. */
const FAN = 8;
/** Columns, then their maxima by 8, 64 and 512. */
const LEVELS = 4;
const FIRST_CAPACITY = FAN ** (LEVELS - 1);

/**
 * The scores of one prompt over time, growing at its end. Not heard yet is NaN. Over the columns stands a pyramid
 * of their maxima, so that ten hours squeezed into a thousand pixels still cost little, and the one hot frame
 * among them is never lost.
 */
export class ScoreRow {
  private levels: Float32Array[] = emptyLevels(FIRST_CAPACITY);
  private used = 0;

  get length(): number {
    return this.used;
  }

  at(column: number): number {
    return column >= 0 && column < this.used ? this.levels[0][column] : Number.NaN;
  }

  set(column: number, score: number): void {
    this.reserve(column + 1);
    this.levels[0][column] = score;
    if (column >= this.used) this.used = column + 1;
    this.refresh(column, column + 1);
  }

  /** Keeps the larger of what is there and `score`. */
  raise(column: number, score: number): void {
    const present = this.at(column);
    if (!(present >= score)) this.set(column, score);
  }

  write(from: number, scores: ArrayLike<number>): void {
    this.reserve(from + scores.length);
    this.levels[0].set(scores, from);
    this.used = Math.max(this.used, from + scores.length);
    this.refresh(from, from + scores.length);
  }

  /** Highest score in columns [from, to), NaN when none of them has been heard. */
  max(from: number, to: number): number {
    let first = Math.max(0, from);
    let end = Math.min(to, this.used);
    let best = Number.NaN;
    for (let level = 0; first < end; level += 1) {
      const scores = this.levels[level];
      const top = level === LEVELS - 1;
      while (first < end && (top || first % FAN !== 0)) {
        const score = scores[first];
        if (score > best || Number.isNaN(best)) best = score;
        first += 1;
      }
      while (first < end && end % FAN !== 0) {
        end -= 1;
        const score = scores[end];
        if (score > best || Number.isNaN(best)) best = score;
      }
      first /= FAN;
      end /= FAN;
    }
    return best;
  }

  /** Works the maxima over columns [from, to) out anew. */
  private refresh(from: number, to: number): void {
    let first = from;
    let end = to;
    for (let level = 1; level < LEVELS; level += 1) {
      first = Math.floor(first / FAN);
      end = Math.ceil(end / FAN);
      const below = this.levels[level - 1];
      const here = this.levels[level];
      for (let block = first; block < end; block += 1) {
        let best = Number.NaN;
        for (let index = block * FAN; index < (block + 1) * FAN; index += 1) {
          const score = below[index];
          if (score > best || Number.isNaN(best)) best = score;
        }
        here[block] = best;
      }
    }
  }

  private reserve(columns: number): void {
    if (columns <= this.levels[0].length) return;
    const wanted = Math.max(columns, this.levels[0].length * 2);
    const grown = emptyLevels(Math.ceil(wanted / FIRST_CAPACITY) * FIRST_CAPACITY);
    for (let level = 0; level < LEVELS; level += 1) grown[level].set(this.levels[level]);
    this.levels = grown;
  }
}

/** Room for `columns`, a multiple of the widest block, all of it not heard yet. */
function emptyLevels(columns: number): Float32Array[] {
  return Array.from({ length: LEVELS }, (_, level) =>
    new Float32Array(columns / FAN ** level).fill(Number.NaN),
  );
}
