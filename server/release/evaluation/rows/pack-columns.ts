/** Columns of rows: numbers, or texts. A column of numbers may have several per row. */
export type ColumnData = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array | readonly string[];

/** Rows column by column, with what is known of all of them. */
export interface ColumnPack<Head = unknown> {
  rows: number;
  head: Head;
  columns: Record<string, ColumnData>;
}

const types = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;
type TypeName = keyof typeof types | "text";

interface Header {
  rows: number;
  head: unknown;
  columns: { name: string; type: TypeName; length: number; bytes: number }[];
}

const magic = "LWYC";
const alignment = 8;

/**
 * Packs columns to bytes: "LWYC", the length of a JSON header as 32 bits, the header, then the columns in its order, little-endian, each
 * starting at a multiple of 8. Texts are 32-bit ends of each text, then UTF-8 (docs/spec/evaluation.md section 1.3).
 */
export function packColumns({ rows, head, columns }: ColumnPack): Buffer {
  const parts = Object.entries(columns).map(([name, data]) => {
    const bytes = bytesOf(data);
    return { name, type: typeOf(data), length: data.length, bytes };
  });
  const header: Header = {
    rows,
    head,
    columns: parts.map(({ name, type, length, bytes }) => ({ name, type, length, bytes: bytes.length })),
  };
  const json = Buffer.from(JSON.stringify(header));
  const start = padded(magic.length + 4 + json.length);
  const size = parts.reduce((sum, { bytes }) => sum + padded(bytes.length), start);
  const packed = Buffer.alloc(size);
  packed.write(magic, 0, "latin1");
  packed.writeUInt32LE(json.length, magic.length);
  json.copy(packed, magic.length + 4);
  let at = start;
  for (const { bytes } of parts) {
    packed.set(bytes, at);
    at += padded(bytes.length);
  }
  return packed;
}

/** Reads what packColumns wrote. @throws Error for bytes that it did not write, or that are cut off */
export function unpackColumns<Head>(packed: Uint8Array): ColumnPack<Head> {
  const buffer = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  if (buffer.length < 8 || buffer.toString("latin1", 0, 4) !== magic) throw new Error("The file holds no columns.");
  const length = buffer.readUInt32LE(4);
  const header = JSON.parse(buffer.toString("utf8", 8, 8 + length)) as Header;
  let at = padded(8 + length);
  const columns: Record<string, ColumnData> = {};
  for (const { name, type, length, bytes } of header.columns) {
    if (at + bytes > buffer.length) throw new Error(`The file ends within column "${name}".`);
    // A copy starts at a multiple of its element's size, whatever the buffer does.
    const own = Uint8Array.from(buffer.subarray(at, at + bytes));
    columns[name] = type === "text" ? textsOf(own, length) : new types[type](own.buffer, 0, length);
    at += padded(bytes);
  }
  return { rows: header.rows, head: header.head as Head, columns };
}

/** Joins packs of the same columns, in their order; the head is that of the first. */
export function joinPacks<Head>(packs: readonly ColumnPack<Head>[]): ColumnPack<Head> {
  const [first] = packs;
  if (!first) throw new Error("There are no packs to join.");
  const columns = Object.keys(first.columns).map((name) => [name, joined(packs.map((pack) => pack.columns[name]))]);
  return {
    rows: packs.reduce((sum, { rows }) => sum + rows, 0),
    head: first.head,
    columns: Object.fromEntries(columns) as Record<string, ColumnData>,
  };
}

function joined(lists: readonly (ColumnData | undefined)[]): ColumnData {
  const parts = lists.filter((list) => list !== undefined);
  const [first] = parts;
  if (first === undefined || parts.length < lists.length) throw new Error("A pack lacks a column of the others.");
  if (Array.isArray(first)) return (parts as string[][]).flat();
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = new types[typeOf(first) as keyof typeof types](length);
  let at = 0;
  for (const part of parts) {
    all.set(part as Uint8Array, at);
    at += part.length;
  }
  return all;
}

function typeOf(data: ColumnData): TypeName {
  const found = Object.entries(types).find(([, type]) => data instanceof type);
  return found ? (found[0] as TypeName) : "text";
}

function bytesOf(data: ColumnData): Uint8Array {
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const texts = data.map((text) => Buffer.from(text));
  const ends = new Uint32Array(texts.length);
  let end = 0;
  for (const [index, { length }] of texts.entries()) {
    end += length;
    ends[index] = end;
  }
  return Buffer.concat([Buffer.from(ends.buffer), ...texts]);
}

function textsOf(bytes: Uint8Array<ArrayBuffer>, length: number): string[] {
  const ends = new Uint32Array(bytes.buffer, 0, length);
  const text = Buffer.from(bytes.buffer, length * 4);
  return Array.from(ends, (end, index) => text.toString("utf8", index > 0 ? ends[index - 1] : 0, end));
}

const padded = (bytes: number) => Math.ceil(bytes / alignment) * alignment;
