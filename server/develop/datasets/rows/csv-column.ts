import type { RawColumn } from "./columns.ts";
import { type Value, valueOfNumber, valueOfText } from "./value.ts";
import { WordTable } from "./word-table.ts";

const [minus, point, zero, nine] = [45, 46, 48, 57];
/** Maximum number of digits that a double represents exactly; division by a power of ten then rounds once, as Number does. */
const maxDigits = 15;
const powers = Float64Array.from({ length: maxDigits + 1 }, (_, power) => 10 ** power);

/** Cells of one column of a CSV file, some rows at a time: as numbers if possible, otherwise as indices of words. */
export class CsvColumn {
  readonly #numbers: Float64Array;
  readonly #places: Int32Array;
  #words = new WordTable();
  #isText = false;
  /** Cells since numbers were last tried. */
  #rows = 0;

  /** @param maxRows maximum number of rows of a batch */
  constructor(maxRows: number) {
    this.#numbers = new Float64Array(maxRows);
    this.#places = new Int32Array(maxRows);
  }

  /** Adds the cell of a row, from `start` to `end`, without quotation marks. Rows must be added in order. */
  add(bytes: Buffer, start: number, end: number): void {
    const row = this.#rows;
    this.#rows = row + 1;
    if (this.#isText) {
      this.#places[row] = this.#words.indexOf(bytes, start, end);
      return;
    }
    const number = plainNumber(bytes, start, end);
    if (!Number.isNaN(number)) {
      this.#numbers[row] = number;
      return;
    }
    const value = start === end ? null : valueOfText(bytes.toString("utf8", start, end));
    if (value === null) this.#numbers[row] = Number.NaN;
    else if (isPlain(value)) this.#numbers[row] = value.number;
    else {
      this.#becomeText(row);
      this.#places[row] = this.#words.indexOf(bytes, start, end);
    }
  }

  /** Returns the cells added since the last call. */
  take(): RawColumn {
    const rows = this.#rows;
    this.#rows = 0;
    if (!this.#isText) return { cells: this.#numbers.slice(0, rows), isNumbers: true, value: numberValue };
    const words = this.#words.values;
    if (this.#words.isFull) this.#words = new WordTable();
    return { cells: this.#places.slice(0, rows), words, value: (index) => words[index as number] ?? null };
  }

  /** Converts the earlier numbers to words, because a text has appeared in the column. */
  #becomeText(rows: number): void {
    this.#isText = true;
    for (let row = 0; row < rows; row += 1) {
      const number = this.#numbers[row] as number;
      const text = Buffer.from(Number.isNaN(number) ? "" : String(number));
      this.#places[row] = this.#words.indexOf(text, 0, text.length);
    }
  }
}

const numberValue = (cell: unknown) => valueOfNumber(cell as number);

/** Whether a value is fully represented by its number: digits beyond the precision of a double are not. */
function isPlain(value: NonNullable<Value>): boolean {
  return (value.kind === "integer" || value.kind === "number") && value.text === valueOfNumber(value.number)?.text;
}

/**
 * Parses a number of at most 15 digits, with or without a point between them; NaN for anything else, even if it is a number in another
 * notation.
 */
function plainNumber(bytes: Buffer, start: number, end: number): number {
  const isNegative = bytes[start] === minus;
  let at = isNegative ? start + 1 : start;
  const first = at;
  if (end - first > maxDigits + 1 || end === first) return Number.NaN;
  let integerPart = 0;
  let decimals = -1;
  for (; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte >= zero && byte <= nine) integerPart = integerPart * 10 + byte - zero;
    else if (byte === point && decimals < 0 && at > first && at < end - 1) decimals = end - at - 1;
    else return Number.NaN;
  }
  const digits = end - first - (decimals < 0 ? 0 : 1);
  // A leading zero is part of a code, unless the point follows.
  if (digits > maxDigits || (bytes[first] === zero && digits > 1 && bytes[first + 1] !== point)) return Number.NaN;
  const value = decimals > 0 ? integerPart / (powers[decimals] as number) : integerPart;
  return isNegative && value !== 0 ? -value : value;
}
