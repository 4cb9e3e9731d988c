import type { StoredPoint } from "./stored-point.ts";

/** Summary of a chunk that is available without reading its points. */
export interface ChunkSummary {
  /** Statistics of the values that are numbers; NaN when there are none. */
  low: number;
  high: number;
  sum: number;
  nans: number;
  /** Timestamp of the first NaN; 0 when there is none. */
  nanTimestamp: number;
}

/** Bytes at the start of a chunk that hold its summary. */
export const summaryBytes = 34;

/**
 * Layout: the summary; three bytes for the encodings of steps, timestamps and values; these three columns one after the other.
 * Integers are encoded as the first one as a double, followed by the constant distance between all of them, or each distance as a
 * variable-length integer, or, where a distance cannot be represented exactly, all as doubles. Values are floats if lossless, else doubles.
 */
const even = 0;
const distances = 1;
const doubles = 2;
const floats = 3;

/** Encodes points in order, at least one, as bytes: 5 to 12 each for typical training scripts. */
export function encodeChunk(points: readonly StoredPoint[]): Buffer {
  const steps = points.map(({ step }) => step);
  const timestamps = points.map(({ timestamp }) => timestamp);
  const values = points.map(({ value }) => value);
  const writer = new Writer(summaryBytes + 19 + 26 * points.length);
  writeSummary(writer, summarise(points));
  const kinds = [kindOfIntegers(steps), kindOfIntegers(timestamps), kindOfValues(values)] as const;
  for (const kind of kinds) writer.byte(kind);
  writeIntegers(writer, steps, kinds[0]);
  writeIntegers(writer, timestamps, kinds[1]);
  for (const value of values) kinds[2] === floats ? writer.float(value) : writer.double(value);
  return writer.written();
}

/** Points as columns, which are read many times faster than objects. */
export interface PointColumns {
  steps: Float64Array;
  timestamps: Float64Array;
  values: Float64Array;
}

/** Decodes the points of a chunk, in order, as columns. @param count number of points in the chunk. */
export function decodeColumns(data: Buffer, count: number): PointColumns {
  const reader = new Reader(data, summaryBytes);
  const kinds = [reader.byte(), reader.byte(), reader.byte()] as const;
  const steps = readIntegers(reader, count, kinds[0]);
  const timestamps = readIntegers(reader, count, kinds[1]);
  const values = new Float64Array(count);
  if (kinds[2] === floats) for (let index = 0; index < count; index++) values[index] = reader.float();
  else for (let index = 0; index < count; index++) values[index] = reader.double();
  return { steps, timestamps, values };
}

/** Decodes only the steps of a chunk, in order. @param count number of points in the chunk. */
export function decodeSteps(data: Buffer, count: number): Float64Array {
  const reader = new Reader(data, summaryBytes);
  const kind = reader.byte();
  // Skips the encodings of timestamps and values.
  reader.byte();
  reader.byte();
  return readIntegers(reader, count, kind);
}

/** Decodes the points of a chunk, in order. @param count number of points in the chunk. */
export function decodeChunk(data: Buffer, count: number): StoredPoint[] {
  const { steps, timestamps, values } = decodeColumns(data, count);
  return Array.from(values, (value, index) => ({
    step: steps[index] as number,
    timestamp: timestamps[index] as number,
    value,
  }));
}

/** Reads the summary of a chunk. @param data at least its first bytes. */
export function readSummary(data: Buffer): ChunkSummary {
  const reader = new Reader(data, 0);
  const [low, high, sum, nanTimestamp] = [reader.double(), reader.double(), reader.double(), reader.double()];
  return { low, high, sum, nanTimestamp, nans: reader.byte() * 256 + reader.byte() };
}

function summarise(points: readonly StoredPoint[]): ChunkSummary {
  const numbers = points.map(({ value }) => value).filter((value) => !Number.isNaN(value));
  const isEmpty = numbers.length === 0;
  return {
    low: isEmpty ? Number.NaN : Math.min(...numbers),
    high: isEmpty ? Number.NaN : Math.max(...numbers),
    sum: numbers.reduce((sum, value) => sum + value, 0),
    nans: points.length - numbers.length,
    nanTimestamp: points.find(({ value }) => Number.isNaN(value))?.timestamp ?? 0,
  };
}

function writeSummary(writer: Writer, { low, high, sum, nans, nanTimestamp }: ChunkSummary): void {
  for (const part of [low, high, sum, nanTimestamp]) writer.double(part);
  writer.byte(Math.floor(nans / 256));
  writer.byte(nans % 256);
}

function kindOfIntegers(integers: readonly number[]): number {
  const first = (integers[1] ?? 0) - (integers[0] ?? 0);
  let kind = even;
  for (let index = 1; index < integers.length; index++) {
    const distance = (integers[index] as number) - (integers[index - 1] as number);
    if (Math.abs(distance) > Number.MAX_SAFE_INTEGER / 2) return doubles;
    if (distance !== first) kind = distances;
  }
  return kind;
}

function kindOfValues(values: readonly number[]): number {
  return values.every((value) => Object.is(Math.fround(value), value)) ? floats : doubles;
}

function writeIntegers(writer: Writer, integers: readonly number[], kind: number): void {
  let before = integers[0] as number;
  writer.double(before);
  if (kind === even) writer.signed((integers[1] ?? before) - before);
  for (const integer of kind === even ? [] : integers.slice(1)) {
    if (kind === doubles) writer.double(integer);
    else writer.signed(integer - before);
    before = integer;
  }
}

function readIntegers(reader: Reader, count: number, kind: number): Float64Array {
  const integers = new Float64Array(count);
  integers[0] = reader.double();
  const distance = kind === even ? reader.signed() : 0;
  for (let index = 1; index < count; index++) {
    const before = integers[index - 1] as number;
    if (kind === doubles) integers[index] = reader.double();
    else integers[index] = before + (kind === even ? distance : reader.signed());
  }
  return integers;
}

/** Seven bits a byte, the lowest first; the sign is the lowest bit of all. */
class Writer {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(maxBytes: number) {
    this.#bytes = Buffer.allocUnsafe(maxBytes);
  }

  byte(value: number): void {
    this.#at = this.#bytes.writeUInt8(value, this.#at);
  }

  double(value: number): void {
    this.#at = this.#bytes.writeDoubleLE(value, this.#at);
  }

  float(value: number): void {
    this.#at = this.#bytes.writeFloatLE(value, this.#at);
  }

  signed(value: number): void {
    let left = value < 0 ? -2 * value - 1 : 2 * value;
    for (; left >= 128; left = Math.floor(left / 128)) this.byte((left % 128) + 128);
    this.byte(left);
  }

  written(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }
}

class Reader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    // Twice as fast as a Buffer's own methods.
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  byte(): number {
    return this.#bytes[this.#at++] as number;
  }

  double(): number {
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  float(): number {
    this.#at += 4;
    return this.#view.getFloat32(this.#at - 4, true);
  }

  signed(): number {
    let value = 0;
    let weight = 1;
    for (let byte = this.byte(); ; byte = this.byte()) {
      value += (byte & 127) * weight;
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      weight *= 128;
    }
  }
}
