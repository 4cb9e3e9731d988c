import { isUtf8 } from "node:buffer";
import type { ColumnBatch } from "./columns.ts";
import { CsvColumn } from "./csv-column.ts";

const [quote, feed, returned] = [34, 10, 13];

/** Format of a file's lines, detected from its first. */
export interface PlainLines {
  columns: readonly string[];
  delimiter: string;
  lineEnd: "\n" | "\r\n";
}

/** Reason why reading stopped: the end of the data, a full batch, or a line that is not plain. */
type Stop = "end" | "full" | "unplain";

/** Takes plain lines of a CSV file to columns; a line that is not plain is left untouched. */
export class CsvScanner {
  readonly #columns: CsvColumn[];
  readonly #lines: Int32Array;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #delimiter: number;
  readonly #hasReturns: boolean;
  #rows = 0;
  #hasDoubled = false;
  /** Lines that were taken, the header among them. */
  line = 1;

  constructor({ columns, delimiter, lineEnd }: PlainLines, maxRows: number) {
    this.#columns = columns.map(() => new CsvColumn(maxRows));
    this.#lines = new Int32Array(maxRows);
    this.#starts = new Int32Array(columns.length);
    this.#ends = new Int32Array(columns.length);
    this.#delimiter = delimiter.charCodeAt(0);
    this.#hasReturns = lineEnd === "\r\n";
  }

  /** @param bytes complete lines. @returns the position where it stopped, at the start of a line, and the reason */
  scan(bytes: Buffer): { at: number; stop: Stop } {
    const isText = isUtf8(bytes) && bytes.indexOf(0) < 0 && (this.#hasReturns || bytes.indexOf(returned) < 0);
    if (!isText) return { at: 0, stop: "unplain" };
    let at = 0;
    while (at < bytes.length) {
      if (this.#rows === this.#lines.length) return { at, stop: "full" };
      const end = this.#isEmpty(bytes, at) ? at + (this.#hasReturns ? 2 : 1) : this.#row(bytes, at);
      if (end < 0) return { at, stop: "unplain" };
      at = end;
      this.line += 1;
    }
    return { at, stop: "end" };
  }

  /** Returns the rows since the last call. */
  take(): ColumnBatch | undefined {
    const rows = this.#rows;
    if (rows === 0) return undefined;
    this.#rows = 0;
    const lines = this.#lines.slice(0, rows);
    return { at: lines[0] as number, rows, lines, columns: this.#columns.map((column) => column.take()) };
  }

  #isEmpty(bytes: Buffer, at: number): boolean {
    return this.#hasReturns ? bytes[at] === returned && bytes[at + 1] === feed : bytes[at] === feed;
  }

  /** Reads a row. @returns the start of the next line; −1 if this one is not plain */
  #row(bytes: Buffer, from: number): number {
    const end = this.#fields(bytes, from);
    if (end < 0) return -1;
    for (let column = 0; column < this.#columns.length; column += 1) {
      const [start, stop] = [this.#starts[column] as number, this.#ends[column] as number];
      if (this.#hasDoubled) this.#addUnquoted(bytes.toString("utf8", start, stop), column);
      else this.#columns[column]?.add(bytes, start, stop);
    }
    this.#hasDoubled = false;
    this.#lines[this.#rows] = this.line + 1;
    this.#rows += 1;
    return end;
  }

  /** Adds a quoted field, with doubled quotation marks resolved: only quoted fields can contain any. */
  #addUnquoted(text: string, column: number): void {
    const bytes = Buffer.from(text.replaceAll('""', '"'));
    this.#columns[column]?.add(bytes, 0, bytes.length);
  }

  /** Finds the fields of a line. @returns the start of the next line; −1 if this one is not plain */
  #fields(bytes: Buffer, from: number): number {
    const [delimiter, hasReturns, last] = [this.#delimiter, this.#hasReturns, this.#columns.length - 1];
    let at = from;
    for (let column = 0; column <= last; column += 1) {
      let end: number;
      if (bytes[at] === quote) {
        this.#starts[column] = at + 1;
        end = this.#quoted(bytes, at + 1);
        if (end < 0) return -1;
        this.#ends[column] = end;
        at = end + 1;
      } else {
        this.#starts[column] = at;
        for (let byte = bytes[at]; byte !== delimiter && byte !== feed && byte !== returned; byte = bytes[at]) {
          if (byte === quote) return -1;
          at += 1;
        }
        this.#ends[column] = at;
      }
      if (column < last && bytes[at] !== delimiter) return -1;
      if (column < last) at += 1;
    }
    if (hasReturns) return bytes[at] === returned && bytes[at + 1] === feed ? at + 2 : -1;
    return bytes[at] === feed ? at + 1 : -1;
  }

  /** Returns the index of the quotation mark that closes a field; −1 if it is not on this line. */
  #quoted(bytes: Buffer, from: number): number {
    for (let at = from; ; at += 1) {
      const byte = bytes[at];
      if (byte === feed || byte === returned || byte === undefined) return this.#discard();
      if (byte !== quote) continue;
      if (bytes[at + 1] !== quote) return at;
      this.#hasDoubled = true;
      at += 1;
    }
  }

  #discard(): number {
    this.#hasDoubled = false;
    return -1;
  }
}
