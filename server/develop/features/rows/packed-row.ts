import type { FeatureType, ScalarType, ScalarValue, StoreValue } from "../contract.ts";
import { elementTypeOf } from "../values/convert-value.ts";

/** A value of a row: a feature, or an expression that is stored with it. */
export interface RowSlot {
  readonly name: string;
  readonly type: FeatureType;
}

/**
 * Layout of rows of one schema, docs/spec/features.md section 3: version of the schema (4 bytes), null bits (least bit first), one slot per
 * value, and a heap with texts, bytes and lists, to which their slots point by offset and length. All numbers are big-endian.
 */
export class RowLayout {
  readonly version: number;
  readonly slots: readonly RowSlot[];
  readonly #offsets: readonly number[];
  readonly #heapAt: number;
  readonly #indexes: ReadonlyMap<string, number>;

  constructor(version: number, slots: readonly RowSlot[]) {
    this.version = version;
    this.slots = slots;
    let at = 4 + Math.ceil(slots.length / 8);
    this.#offsets = slots.map(({ type }) => {
      const offset = at;
      at += slotBytes(type);
      return offset;
    });
    this.#heapAt = at;
    this.#indexes = new Map(slots.map(({ name }, index) => [name, index]));
  }

  /** Packs values in the order of the slots. They must be of the slots' types. */
  pack(values: readonly StoreValue[]): Buffer {
    const heap: (Buffer | undefined)[] = [];
    let heapBytes = 0;
    for (const [index, { type }] of this.slots.entries()) {
      const value = values[index];
      if (value === null || value === undefined || !isOnHeap(type)) continue;
      const bytes = heapBytesOf(type, value);
      heap[index] = bytes;
      heapBytes += bytes.length;
    }
    const row = Buffer.alloc(this.#heapAt + heapBytes);
    row.writeUInt32BE(this.version, 0);
    let at = 0;
    for (const [index, { type }] of this.slots.entries()) {
      const value = values[index];
      const offset = this.#offsets[index] ?? 0;
      if (value === null || value === undefined) {
        const byte = 4 + (index >> 3);
        row[byte] = (row[byte] ?? 0) | (1 << (index & 7));
      } else if (isOnHeap(type)) {
        const bytes = heap[index] ?? Buffer.alloc(0);
        row.writeUInt32BE(at, offset);
        row.writeUInt32BE(bytes.length, offset + 4);
        bytes.copy(row, this.#heapAt + at);
        at += bytes.length;
      } else {
        writeFixed(row, offset, type as ScalarType, value as ScalarValue);
      }
    }
    return row;
  }

  /** Returns the function that reads one value of packed rows; one that reads null if the schema lacks it, or has it with another type. */
  reader(name: string, type: FeatureType): (row: Buffer) => StoreValue {
    const index = this.#indexes.get(name);
    const slot = index === undefined ? undefined : this.slots[index];
    if (index === undefined || slot?.type !== type) return () => null;
    const offset = this.#offsets[index] ?? 0;
    const byte = 4 + (index >> 3);
    const bit = 1 << (index & 7);
    const read = isOnHeap(type) ? this.#heapReader(type, offset) : fixedReader(type as ScalarType, offset);
    return (row) => (((row[byte] ?? 0) & bit) === 0 ? read(row) : null);
  }

  /** Returns the function that tells the bytes that a value has on the heap, without reading it; 0 for numbers. */
  heapSize(name: string, type: FeatureType): (row: Buffer) => number {
    const index = this.#indexes.get(name);
    if (index === undefined || this.slots[index]?.type !== type || !isOnHeap(type)) return () => 0;
    const offset = this.#offsets[index] ?? 0;
    // The slot of a null is zero.
    return (row) => row.readUInt32BE(offset + 4);
  }

  /** Unpacks all values. */
  unpack(row: Buffer): StoreValue[] {
    return this.slots.map(({ name, type }) => this.reader(name, type)(row));
  }

  #heapReader(type: FeatureType, offset: number): (row: Buffer) => StoreValue {
    const element = elementTypeOf(type);
    return (row) => {
      const from = this.#heapAt + row.readUInt32BE(offset);
      const to = from + row.readUInt32BE(offset + 4);
      if (element !== undefined) return readList(row.subarray(from, to), element);
      return type === "bytes" ? row.subarray(from, to) : row.toString("utf8", from, to);
    };
  }
}

/** Returns the version of the schema by which a row was packed. */
export function versionOfRow(row: Buffer): number {
  return row.readUInt32BE(0);
}

function isOnHeap(type: FeatureType): boolean {
  return type === "string" || type === "bytes" || type === "json" || type === "map" || type.startsWith("list<");
}

function slotBytes(type: FeatureType): number {
  if (type === "bool") return 1;
  return type === "int32" || type === "float32" ? 4 : 8;
}

function writeFixed(row: Buffer, at: number, type: ScalarType, value: ScalarValue): void {
  if (type === "bool") row.writeUInt8(value === true ? 1 : 0, at);
  else if (type === "int32") row.writeInt32BE(value as number, at);
  else if (type === "float32") row.writeFloatBE(value as number, at);
  else if (type === "float64") row.writeDoubleBE(value as number, at);
  else row.writeBigInt64BE(value as bigint, at);
}

function fixedReader(type: ScalarType, at: number): (row: Buffer) => ScalarValue {
  if (type === "bool") return (row) => row.readUInt8(at) === 1;
  if (type === "int32") return (row) => row.readInt32BE(at);
  if (type === "float32") return (row) => row.readFloatBE(at);
  if (type === "float64") return (row) => row.readDoubleBE(at);
  return (row) => row.readBigInt64BE(at);
}

function heapBytesOf(type: FeatureType, value: StoreValue): Buffer {
  const element = elementTypeOf(type);
  return element === undefined ? bytesOf(value as ScalarValue) : packList(element, value as readonly ScalarValue[]);
}

function bytesOf(value: ScalarValue): Buffer {
  return typeof value === "string" ? Buffer.from(value) : Buffer.from(value as Uint8Array);
}

/** A list: its number of values (4 bytes), then each value; texts and bytes after their length. */
function packList(element: ScalarType, values: readonly ScalarValue[]): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(values.length, 0);
  if (!isOnHeap(element)) {
    const size = slotBytes(element);
    const list = Buffer.alloc(values.length * size);
    for (const [index, value] of values.entries()) writeFixed(list, index * size, element, value);
    return Buffer.concat([count, list]);
  }
  const parts = values.flatMap((value) => {
    const bytes = bytesOf(value);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length, 0);
    return [length, bytes];
  });
  return Buffer.concat([count, ...parts]);
}

function readList(list: Buffer, element: ScalarType): ScalarValue[] {
  const count = list.readUInt32BE(0);
  const values: ScalarValue[] = [];
  if (!isOnHeap(element)) {
    const size = slotBytes(element);
    for (let index = 0; index < count; index++) values.push(fixedReader(element, 4 + index * size)(list));
    return values;
  }
  let at = 4;
  for (let index = 0; index < count; index++) {
    const to = at + 4 + list.readUInt32BE(at);
    values.push(element === "bytes" ? list.subarray(at + 4, to) : list.toString("utf8", at + 4, to));
    at = to;
  }
  return values;
}
