import type { Value } from "#server/develop/datasets/rows/value.ts";
import { type ColumnType, columnType } from "#server/stats/drift/compatible/column-type.ts";

/**
 * Maximum number of distinct texts stored per column; beyond it, if more than half of its rows differ, it is free text and its levels
 * are dropped.
 */
const maxLevels = 100_000;

/** Maximum number of distinct numbers counted one by one: few integers are levels, more never are. */
const maxElements = 1000;

/** All values of a column of a table, stored as numbers or as counts of levels: at most 8 bytes per row. */
export class ColumnGatherer {
  readonly name: string;
  private numbers = new Float64Array(1024);
  private readonly levels = new Map<string, number>();
  private isFreeText = false;
  private readonly kinds = { integer: 0, number: 0, boolean: 0, time: 0, text: 0 };
  /** Finite numbers held. */
  private held = 0;
  missing = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Adds a value. @param times rows with this value. */
  add(value: Value, times = 1): void {
    if (value === null) {
      this.missing += times;
      return;
    }
    this.kinds[value.kind] += times;
    if (value.kind === "integer" || value.kind === "number")
      for (let n = 0; n < times; n += 1) this.addNumber(value.number);
    // Numbers are counted as levels while they are few: a column of few distinct integers is categorical.
    if (!this.isFreeText && (this.levels.size <= maxLevels || this.levels.has(value.text)))
      this.addLevel(value.text, times);
  }

  /** Adds numbers; NaN is a missing value. */
  addNumbers(cells: Float64Array): void {
    this.reserve(cells.length);
    const counts = this.isFreeText ? undefined : new Map<number, number>();
    for (let row = 0; row < cells.length; row += 1) {
      const cell = cells[row] as number;
      if (Number.isNaN(cell)) {
        this.missing += 1;
        continue;
      }
      if (Number.isSafeInteger(cell)) this.kinds.integer += 1;
      else this.kinds.number += 1;
      if (Number.isFinite(cell)) {
        this.numbers[this.held] = cell;
        this.held += 1;
      }
      // Beyond the maximum count, distinct values need no further distinction.
      if (counts && counts.size <= maxElements) counts.set(cell, (counts.get(cell) ?? 0) + 1);
    }
    for (const [number, times] of counts ?? []) if (!this.isFreeText) this.addLevel(String(number), times);
  }

  /** Adds texts, given as indices into a list of words. */
  addTexts(indices: Int32Array, words: readonly Value[]): void {
    const counts = new Float64Array(words.length);
    let hasNumbers = false;
    for (let row = 0; row < indices.length; row += 1) {
      const index = indices[row] as number;
      counts[index] = (counts[index] as number) + 1;
    }
    for (const [index, value] of words.entries())
      if (counts[index] && (value?.kind === "integer" || value?.kind === "number")) hasNumbers = true;
    // Numbers are stored in the order of the rows.
    if (hasNumbers) for (const index of indices) this.add(words[index] ?? null);
    else for (const [index, value] of words.entries()) if (counts[index]) this.add(value, counts[index]);
  }

  /** Number of values that are not missing. */
  get count(): number {
    const { integer, number, boolean, time, text } = this.kinds;
    return integer + number + boolean + time + text;
  }

  /** Returns the dtype that pandas would infer: integers without gaps are int64, all other numbers float64. */
  dtype(isTyped: boolean): string {
    const { integer, number, boolean, time } = this.kinds;
    if (this.count === 0 || integer + number === this.count)
      return number === 0 && this.missing === 0 && this.count > 0 ? "int64" : "float64";
    if (boolean === this.count) return "bool";
    // A CSV file has no times: to pandas they are texts.
    return time === this.count && isTyped ? "datetime64[ns]" : "str";
  }

  type(isTyped: boolean): ColumnType {
    const distinct = this.isFreeText ? this.count : this.levels.size;
    return columnType({ dtype: this.dtype(isTyped), distinct, count: this.count });
  }

  /** Returns the finite numbers, in the order of the rows. */
  values(): Float64Array {
    return this.numbers.subarray(0, this.held);
  }

  /** Returns rows by level; for numbers, by their texts. */
  counts(): Map<string, number> {
    return this.levels;
  }

  private addNumber(value: number): void {
    if (!Number.isFinite(value)) return;
    this.reserve(1);
    this.numbers[this.held] = value;
    this.held += 1;
  }

  private reserve(more: number): void {
    if (this.held + more <= this.numbers.length) return;
    const larger = new Float64Array(Math.max(2 * this.held, this.held + more));
    larger.set(this.numbers);
    this.numbers = larger;
  }

  private addLevel(text: string, times: number): void {
    this.levels.set(text, (this.levels.get(text) ?? 0) + times);
    const { size } = this.levels;
    // A column of many numbers is numeric; should texts come later, it is free text.
    const isNumeric = this.kinds.integer + this.kinds.number === this.count;
    if (isNumeric ? size > maxElements : size > maxLevels && 2 * size > this.count) {
      this.isFreeText = true;
      this.levels.clear();
    }
  }
}
