import { DomainError } from "#server/base/errors.ts";
import { BadFlatBuffer, FlatBuffer, type FlatTable } from "./flat-buffer.ts";

/** Kinds of messages, as Arrow numbers them: format/Message.fbs. */
const kinds = { 1: "schema", 2: "dictionary", 3: "rows" } as const;
type MessageKind = (typeof kinds)[keyof typeof kinds];

/** Numbers of Arrow's types that are read: format/Schema.fbs. */
const readTypes = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 15, 16, 17, 18, 19, 20, 21]);
const maxColumns = 5_000;
const maxDepth = 20;
/** Rows of one batch, and of all batches of a table. */
export const maxTableRows = 10_000_000;
/** Arrow's number of the type Null, whose values have no bytes. */
const nullType = 1;

/** A column of a batch, or a part of one: each has a length of its own. Parts come after their column. */
interface ColumnPart {
  isColumn: boolean;
  isNull: boolean;
}

interface CheckedMessage {
  kind: MessageKind;
  /** Bytes of the body, as the message says. */
  bodyBytes: number;
  /** Rows of a batch. */
  rows: number;
  /** Columns that batches have, in a schema. */
  parts: ColumnPart[];
  /** Number of the dictionary. */
  dictionary: number | undefined;
}

/**
 * Checks a message of Arrow's IPC format before Arrow's library reads it: that every place in it exists, that its buffers are inside the
 * body, and that its lengths fit these and the schema (https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format).
 * @param parts columns of the schema that came before, for batches
 * @throws DomainError "invalid"
 */
export function checkMessage(header: Uint8Array, bodyBytes: number, parts: readonly ColumnPart[]): CheckedMessage {
  try {
    const buffer = new FlatBuffer(header);
    const message = buffer.root();
    const kind = kinds[buffer.byte(message, 1) as keyof typeof kinds];
    const content = buffer.child(message, 2);
    if (!kind || !content) throw new BadFlatBuffer("it is no schema and no batch");
    const said = buffer.long(message, 3);
    if (said < 0 || said > bodyBytes) throw new BadFlatBuffer("its body is incomplete");
    if (kind === "schema") {
      const found: ColumnPart[] = [];
      checkFields(buffer, content, 1, 0, found);
      return { kind, bodyBytes: said, rows: 0, parts: found, dictionary: undefined };
    }
    if (kind === "rows") {
      const rows = checkBatch(buffer, content, said, parts);
      return { kind, bodyBytes: said, rows, parts: [], dictionary: undefined };
    }
    const batch = buffer.child(content, 1);
    if (!batch) throw new BadFlatBuffer("it has no batch");
    if (buffer.byte(content, 2) !== 0) throw oneDictionary();
    const words = checkBatch(buffer, batch, said, undefined);
    return { kind, bodyBytes: said, rows: words, parts: [], dictionary: buffer.long(content, 0) };
  } catch (error) {
    if (error instanceof DomainError) throw error;
    if (!(error instanceof BadFlatBuffer || error instanceof RangeError)) throw error;
    throw new DomainError("invalid", `Invalid Arrow message: ${error.message}.`, { cause: error });
  }
}

/** Each addition to a dictionary would copy what came before. */
export function oneDictionary(): DomainError {
  const message = "Leeway reads one dictionary for each column. Send its values as text, or call unify_dictionaries().";
  return new DomainError("invalid", message);
}

function checkFields(buffer: FlatBuffer, owner: FlatTable, list: number, depth: number, found: ColumnPart[]): void {
  if (depth > maxDepth) throw new DomainError("invalid", `Columns can be at most ${maxDepth} levels deep.`);
  const fields = buffer.children(owner, list);
  if (fields.length > maxColumns) throw new DomainError("invalid", `A table can have at most ${maxColumns} columns.`);
  for (const field of fields) {
    const name = buffer.text(field, 0);
    if (!readTypes.has(buffer.byte(field, 2)) || !buffer.child(field, 3)) {
      throw new DomainError("invalid", `Column "${name.slice(0, 200)}" has a type of Arrow that Leeway does not read.`);
    }
    const dictionary = buffer.child(field, 4);
    if (dictionary) buffer.child(dictionary, 1);
    found.push({ isColumn: depth === 0, isNull: !dictionary && buffer.byte(field, 2) === nullType });
    // Batches hold places in the dictionary, which itself has the parts.
    checkFields(buffer, field, 5, depth + 1, dictionary ? [] : found);
    checkPairs(buffer, field, 6);
  }
  if (depth === 0) checkPairs(buffer, owner, 2);
}

/** Metadata: names and texts. */
function checkPairs(buffer: FlatBuffer, owner: FlatTable, list: number): void {
  for (const pair of buffer.children(owner, list)) {
    buffer.list(pair, 0, 1);
    buffer.list(pair, 1, 1);
  }
}

function checkBatch(
  buffer: FlatBuffer,
  batch: FlatTable,
  bodyBytes: number,
  parts: readonly ColumnPart[] | undefined,
): number {
  if (buffer.child(batch, 3)) {
    throw new DomainError("invalid", "Compressed batches are not supported over Flight.");
  }
  const rows = buffer.long(batch, 0);
  if (rows < 0 || rows > maxTableRows) {
    throw new DomainError("invalid", `A batch can have at most ${maxTableRows} rows.`);
  }
  const nodes = buffer.list(batch, 1, 16) ?? { at: 0, length: 0 };
  if (parts && nodes.length !== parts.length) throw new BadFlatBuffer("it has other columns than its schema");
  for (let node = 0; node < nodes.length; node += 1) {
    const part = parts?.[node];
    const length = buffer.longAt(nodes.at + 16 * node);
    const nulls = buffer.longAt(nodes.at + 16 * node + 8);
    // A value takes at least a bit, except where the type is Null.
    const most = part?.isNull ? maxTableRows : 8 * bodyBytes;
    if (length < 0 || length > most || nulls < 0 || nulls > length) {
      throw new BadFlatBuffer("a column has more values than bytes");
    }
    // Arrow's library would make up the rows that a column lacks.
    if ((part?.isColumn || (!parts && node === 0)) && length !== rows) {
      throw new BadFlatBuffer("a column has another length than its batch");
    }
  }
  const buffers = buffer.list(batch, 2, 16) ?? { at: 0, length: 0 };
  for (let index = 0; index < buffers.length; index += 1) {
    const offset = buffer.longAt(buffers.at + 16 * index);
    const length = buffer.longAt(buffers.at + 16 * index + 8);
    if (offset < 0 || length < 0 || offset + length > bodyBytes)
      throw new BadFlatBuffer("a column is outside the body");
  }
  return rows;
}
