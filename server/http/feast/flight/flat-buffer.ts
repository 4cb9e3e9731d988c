/** Bytes that are no flat buffer, or name places outside themselves. */
export class BadFlatBuffer extends Error {
  override readonly name = "BadFlatBuffer";
}

/** A table of a flat buffer: where it is, and where its list of fields is. */
export interface FlatTable {
  readonly at: number;
  readonly fields: number;
  readonly fieldBytes: number;
}

/** Most tables that one buffer may have. One table can be named many times, so that little data could mean much work. */
const maxTables = 50_000;

/**
 * Reads tables of a flat buffer (https://flatbuffers.dev/internals), and checks each place before it is read: Arrow's own library does not,
 * and loops over lengths that it finds.
 */
export class FlatBuffer {
  private readonly view: DataView;
  private tables = 0;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  root(): FlatTable {
    return this.table(this.target(0));
  }

  /** Returns the table in a field, or undefined. */
  child(table: FlatTable, field: number): FlatTable | undefined {
    const at = this.place(table, field, 4);
    return at === undefined ? undefined : this.table(this.target(at));
  }

  byte(table: FlatTable, field: number): number {
    const at = this.place(table, field, 1);
    return at === undefined ? 0 : this.view.getUint8(at);
  }

  /** A 64-bit integer. @throws BadFlatBuffer beyond 2^53 */
  long(table: FlatTable, field: number): number {
    const at = this.place(table, field, 8);
    return at === undefined ? 0 : this.longAt(at);
  }

  /** Returns the start and length of a list, whose items have a fixed size; undefined without one. */
  list(table: FlatTable, field: number, itemBytes: number): { at: number; length: number } | undefined {
    const place = this.place(table, field, 4);
    if (place === undefined) return undefined;
    const start = this.target(place);
    this.check(start, 4);
    const length = this.view.getUint32(start, true);
    this.check(start + 4, length * itemBytes);
    return { at: start + 4, length };
  }

  /** Returns the tables of a list. */
  children(table: FlatTable, field: number): FlatTable[] {
    const list = this.list(table, field, 4);
    if (!list) return [];
    return Array.from({ length: list.length }, (_, index) => this.table(this.target(list.at + 4 * index)));
  }

  /** Returns the text in a field, or "". */
  text(table: FlatTable, field: number): string {
    const list = this.list(table, field, 1);
    if (!list) return "";
    const { buffer, byteOffset } = this.view;
    return Buffer.from(buffer, byteOffset + list.at, list.length).toString("utf8");
  }

  /** A 64-bit integer at a place that was checked. @throws BadFlatBuffer beyond 2^53 */
  longAt(at: number): number {
    const value = Number(this.view.getBigInt64(at, true));
    if (!Number.isSafeInteger(value)) throw new BadFlatBuffer("a number is out of range");
    return value;
  }

  private table(at: number): FlatTable {
    this.tables += 1;
    if (this.tables > maxTables) throw new BadFlatBuffer(`it has more than ${maxTables} parts`);
    this.check(at, 4);
    const fields = at - this.view.getInt32(at, true);
    this.check(fields, 4);
    const fieldBytes = this.view.getUint16(fields, true);
    this.check(fields, fieldBytes);
    return { at, fields, fieldBytes };
  }

  /** Returns the place of a field, or undefined when it has its default. */
  private place({ at, fields, fieldBytes }: FlatTable, field: number, bytes: number): number | undefined {
    const entry = 4 + 2 * field;
    if (entry + 2 > fieldBytes) return undefined;
    const offset = this.view.getUint16(fields + entry, true);
    if (offset === 0) return undefined;
    this.check(at + offset, bytes);
    return at + offset;
  }

  private target(at: number): number {
    this.check(at, 4);
    return at + this.view.getUint32(at, true);
  }

  private check(at: number, bytes: number): void {
    if (at < 0 || at + bytes > this.view.byteLength) throw new BadFlatBuffer("it names a place outside itself");
  }
}
