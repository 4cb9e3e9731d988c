import { isUtf8 } from "node:buffer";
import { type FileMetaData, parquetSchema, type SchemaElement, type SchemaTree } from "hyparquet";
import { decimalText, signedOf } from "./decimal.ts";
import {
  nestedFields,
  nestedList,
  nestedPart,
  nestedText,
  type Value,
  valueOfCell,
  valueOfFloat32,
  valueOfNanoseconds,
  valueOfNested,
  valueOfText,
} from "./value.ts";

/** A time as it is in the file. */
class Instant {
  readonly nanoseconds: bigint;

  constructor(nanoseconds: bigint) {
    this.nanoseconds = nanoseconds;
  }

  /** As the key of a map. */
  toString(): string {
    return valueOfNanoseconds(this.nanoseconds)?.text ?? "";
  }
}

const dayNanoseconds = 86_400_000_000_000n;

/** Text, or the bytes as they are if they are none: decoding would make different bytes the same text. */
const textOrBytes = (bytes: Uint8Array | undefined) =>
  bytes && isUtf8(bytes) ? Buffer.from(bytes).toString("utf8") : bytes;
const asBytes = (bytes: Uint8Array) => bytes;

/** Parsers for the Parquet reader that lose nothing of a cell. Missing cells stay undefined. */
export const parsers = {
  timestampFromMilliseconds: (value: bigint) => new Instant(value * 1_000_000n),
  timestampFromMicroseconds: (value: bigint) => new Instant(value * 1000n),
  timestampFromNanoseconds: (value: bigint) => new Instant(value),
  dateFromDays: (days: number) => new Instant(BigInt(days) * dayNanoseconds),
  stringFromBytes: textOrBytes,
  // The digits of its numbers, and the order of its keys, are the file's.
  jsonFromBytes: textOrBytes,
  geometryFromBytes: asBytes,
  geographyFromBytes: asBytes,
};

/** Hides from the Parquet reader that columns are decimals, which it would convert to doubles. */
export function withRawDecimals(metadata: FileMetaData): FileMetaData {
  return {
    ...metadata,
    schema: metadata.schema.map((element) => (isDecimal(element) ? rawElement(element) : element)),
  };
}

/** Returns a reader for the cells of each top-level column, by the types of its leaves. */
export function cellReaders(metadata: FileMetaData): ((cell: unknown) => Value)[] {
  return parquetSchema(metadata).children.map((node) => {
    if (node.children.length === 0 && !isRepeated(node)) return leafReader(node.element);
    const write = writerOf(node);
    return (cell) => valueOfNested(cell, write);
  });
}

function leafReader(element: SchemaElement): (cell: unknown) => Value {
  if (isDecimal(element)) {
    const { logical_type: logical, scale = logical?.type === "DECIMAL" ? logical.scale : 0 } = element;
    return (cell) => {
      if (cell === null || cell === undefined) return null;
      return valueOfText(decimalText(cell instanceof Uint8Array ? signedOf(cell) : BigInt(cell as number), scale));
    };
  }
  if (element.type === "FLOAT") return (cell) => (typeof cell === "number" ? valueOfFloat32(cell) : valueOfCell(cell));
  return (cell) => (cell instanceof Instant ? valueOfNanoseconds(cell.nanoseconds) : valueOfCell(cell));
}

type Writer = (cell: unknown) => string;

function writerOf(node: SchemaTree): Writer {
  return isRepeated(node) ? listWriter(writerOfOne(node)) : writerOfOne(node);
}

/** Returns a writer for one cell of a node, as the Parquet reader assembles it: lists as arrays, structures and maps as objects. */
function writerOfOne(node: SchemaTree): Writer {
  const { element, children } = node;
  const [only] = children;
  if (!only) return leafWriter(element);
  if (element.logical_type?.type === "VARIANT") return nestedText;
  if (element.converted_type === "LIST" && children.length === 1 && isRepeated(only)) {
    const [item] = only.children;
    return listWriter(only.children.length === 1 && item ? writerOf(item) : writerOfOne(only));
  }
  if (element.converted_type === "MAP" && children.length === 1 && only.children.length === 2) {
    const value = only.children.find((child) => child.element.name === "value");
    const write = value ? writerOf(value) : nestedText;
    return fieldsWriter(() => write);
  }
  const fields = new Map(children.map((child) => [child.element.name, writerOf(child)]));
  return fieldsWriter((name) => fields.get(name) ?? nestedText);
}

function leafWriter(element: SchemaElement): Writer {
  const read = leafReader(element);
  // Bytes of a decimal are no text.
  if (isDecimal(element)) return (cell) => nestedPart(cell === null || cell === undefined ? null : 0, () => read(cell));
  return (cell) => nestedPart(cell, read);
}

function listWriter(write: Writer): Writer {
  return (cell) => (Array.isArray(cell) ? nestedList(cell, write) : nestedText(cell));
}

function fieldsWriter(writerFor: (name: string) => Writer): Writer {
  return (cell) => {
    if (typeof cell !== "object" || cell === null || Array.isArray(cell)) return nestedText(cell);
    return nestedFields(Object.entries(cell).map(([name, inner]) => [name, writerFor(name)(inner)] as const));
  };
}

function isRepeated({ element }: SchemaTree): boolean {
  return element.repetition_type === "REPEATED";
}

function isDecimal({ converted_type, logical_type }: SchemaElement): boolean {
  return converted_type === "DECIMAL" || logical_type?.type === "DECIMAL";
}

function rawElement({ converted_type: _, logical_type: __, ...element }: SchemaElement): SchemaElement {
  return element;
}
