/** Bytes that are read where needed, so that gigabytes of weights are passed over unread. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Reads bytes from `start` up to, but excluding, `end`; fewer at the end of the file. */
  read(start: number, end: number): Uint8Array;
}

/** Field of a message: a number, or the position of its bytes. */
export interface Field {
  number: number;
  /** 0 number, 1 eight bytes, 2 bytes, 5 four bytes. */
  wireType: number;
  /** Value of a numeric field. Integers beyond 2^53 lose precision. */
  value: number;
  start: number;
  end: number;
}

/** The bytes are not protobuf, or they end too early. */
export class ProtobufError extends Error {
  readonly isCutOff: boolean;

  constructor(message: string, isCutOff: boolean) {
    super(message);
    this.name = "ProtobufError";
    this.isCutOff = isCutOff;
  }
}

/**
 * Yields the fields of the message between two positions, in the order of the file, without reading their contents.
 * Format: https://protobuf.dev/programming-guides/encoding/
 * @throws ProtobufError
 */
export function* fieldsOf(source: ByteSource, start: number, end: number): Generator<Field> {
  let position = start;
  while (position < end) {
    const tag = readVarint(source, position, end);
    const field: Field = { number: Math.floor(tag.value / 8), wireType: tag.value % 8, value: 0, start: tag.end, end };
    if (field.number === 0) throw new ProtobufError("A field has the number 0.", false);
    setExtent(source, field, end);
    if (field.end > end) throw new ProtobufError("A field is longer than what holds it.", true);
    yield field;
    position = field.end;
  }
}

/** Returns the text of a field, at most its first MiB. */
export function textOf(source: ByteSource, field: Field): string {
  return new TextDecoder().decode(source.read(field.start, Math.min(field.end, field.start + 2 ** 20)));
}

/** Yields the integers of a repeated field: one if each has its own field, all of them if they are packed into one. */
export function* numbersOf(source: ByteSource, field: Field): Generator<number> {
  if (field.wireType === 0) yield field.value;
  if (field.wireType !== 2) return;
  for (let position = field.start; position < field.end; ) {
    const { value, end } = readVarint(source, position, field.end);
    yield value;
    position = end;
  }
}

function setExtent(source: ByteSource, field: Field, limit: number): void {
  if (field.wireType === 0) {
    const number = readVarint(source, field.start, limit);
    field.value = number.value;
    field.end = number.end;
  } else if (field.wireType === 2) {
    const length = readVarint(source, field.start, limit);
    field.start = length.end;
    field.end = length.end + length.value;
  } else if (field.wireType === 1 || field.wireType === 5) {
    field.end = field.start + (field.wireType === 1 ? 8 : 4);
  } else {
    throw new ProtobufError(`Wire type ${field.wireType} is unknown.`, false);
  }
}

function readVarint(source: ByteSource, start: number, limit: number): { value: number; end: number } {
  const bytes = source.read(start, Math.min(start + 10, limit));
  let value = 0;
  for (const [index, byte] of bytes.entries()) {
    value += (byte & 127) * 2 ** (7 * index);
    if (byte < 128) return { value, end: start + index + 1 };
  }
  throw new ProtobufError("A number does not end.", bytes.length < 10);
}
