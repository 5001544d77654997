/** Columns per block of the coarse level: one look there stands for this many columns. */
const BLOCK = 32;

/**
 * The scores of one prompt over time, growing at its end. Not heard yet is NaN. Beside the columns lies their
 * maximum per block, so that ten hours squeezed into a thousand pixels still cost little, and the one hot frame
 * among them is never lost.
 */
export class ScoreRow {
  private columns = new Float32Array(256).fill(Number.NaN);
  private blocks = new Float32Array(256 / BLOCK).fill(Number.NaN);
  private used = 0;

  get length(): number {
    return this.used;
  }

  at(column: number): number {
    return column >= 0 && column < this.used ? this.columns[column] : Number.NaN;
  }

  set(column: number, score: number): void {
    this.reserve(column + 1);
    this.columns[column] = score;
    if (column >= this.used) this.used = column + 1;
    this.refreshBlock(Math.floor(column / BLOCK));
  }

  /** Keeps the larger of what is there and `score`. */
  raise(column: number, score: number): void {
    const present = this.at(column);
    if (!(present >= score)) this.set(column, score);
  }

  write(from: number, scores: ArrayLike<number>): void {
    this.reserve(from + scores.length);
    this.columns.set(scores, from);
    this.used = Math.max(this.used, from + scores.length);
    const lastBlock = Math.floor((from + scores.length - 1) / BLOCK);
    for (let block = Math.floor(from / BLOCK); block <= lastBlock; block += 1) this.refreshBlock(block);
  }

  /** Highest score in columns [from, to), NaN when none of them has been heard. */
  max(from: number, to: number): number {
    const end = Math.min(to, this.used);
    let column = Math.max(0, from);
    let best = Number.NaN;
    while (column < end) {
      const wholeBlock = column % BLOCK === 0 && column + BLOCK <= end;
      const score = wholeBlock ? this.blocks[column / BLOCK] : this.columns[column];
      if (!(score <= best) && !Number.isNaN(score)) best = score;
      column += wholeBlock ? BLOCK : 1;
    }
    return best;
  }

  private refreshBlock(block: number): void {
    let best = Number.NaN;
    const end = Math.min((block + 1) * BLOCK, this.used);
    for (let column = block * BLOCK; column < end; column += 1) {
      const score = this.columns[column];
      if (!(score <= best) && !Number.isNaN(score)) best = score;
    }
    this.blocks[block] = best;
  }

  private reserve(columns: number): void {
    if (columns <= this.columns.length) return;
    const capacity = Math.max(columns, this.columns.length * 2);
    const rounded = Math.ceil(capacity / BLOCK) * BLOCK;
    const grown = new Float32Array(rounded).fill(Number.NaN);
    grown.set(this.columns);
    const blocks = new Float32Array(rounded / BLOCK).fill(Number.NaN);
    blocks.set(this.blocks);
    this.columns = grown;
    this.blocks = blocks;
  }
}
