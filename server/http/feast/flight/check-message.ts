import { DomainError } from "#server/base/errors.ts";
import { BadFlatBuffer, FlatBuffer, type FlatTable } from "./flat-buffer.ts";

/** Kinds of messages, as Arrow numbers them: format/Message.fbs. */
const kinds = { 1: "schema", 2: "dictionary", 3: "rows" } as const;
type MessageKind = (typeof kinds)[keyof typeof kinds];

/** Numbers of Arrow's types that are read: format/Schema.fbs. */
const readTypes = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 15, 16, 17, 18, 19, 20, 21]);
const maxColumns = 5_000;
const maxDepth = 20;
const maxBatchRows = 10_000_000;

export interface CheckedMessage {
  kind: MessageKind;
  /** Bytes of the body, as the message says. */
  bodyBytes: number;
  /** Rows of a batch. */
  rows: number;
}

/**
 * Checks a message of Arrow's IPC format before Arrow's library reads it: that every place in it exists, that its buffers are inside the
 * body, and that its lengths fit these (https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format).
 * @throws DomainError "invalid"
 */
export function checkMessage(header: Uint8Array, bodyBytes: number): CheckedMessage {
  try {
    const buffer = new FlatBuffer(header);
    const message = buffer.root();
    const kind = kinds[buffer.byte(message, 1) as keyof typeof kinds];
    const content = buffer.child(message, 2);
    if (!kind || !content) throw new BadFlatBuffer("it is no schema and no batch");
    const said = buffer.long(message, 3);
    if (said < 0 || said > bodyBytes) throw new BadFlatBuffer("its body is incomplete");
    if (kind === "schema") {
      checkFields(buffer, content, 1, 0);
      return { kind, bodyBytes: said, rows: 0 };
    }
    const batch = kind === "rows" ? content : buffer.child(content, 1);
    if (!batch) throw new BadFlatBuffer("it has no batch");
    return { kind, bodyBytes: said, rows: checkBatch(buffer, batch, said) };
  } catch (error) {
    if (error instanceof DomainError) throw error;
    if (!(error instanceof BadFlatBuffer || error instanceof RangeError)) throw error;
    throw new DomainError("invalid", `This is no valid message of Arrow: ${error.message}.`, { cause: error });
  }
}

function checkFields(buffer: FlatBuffer, owner: FlatTable, list: number, depth: number): void {
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
    checkFields(buffer, field, 5, depth + 1);
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

function checkBatch(buffer: FlatBuffer, batch: FlatTable, bodyBytes: number): number {
  if (buffer.child(batch, 3)) {
    throw new DomainError("invalid", "Leeway does not read compressed batches over Flight.");
  }
  const rows = buffer.long(batch, 0);
  if (rows < 0 || rows > maxBatchRows) {
    throw new DomainError("invalid", `A batch can have at most ${maxBatchRows} rows.`);
  }
  // A value takes at least a bit, except where all are null.
  const most = Math.max(rows, 8 * bodyBytes);
  const nodes = buffer.list(batch, 1, 16) ?? { at: 0, length: 0 };
  for (let node = 0; node < nodes.length; node += 1) {
    const length = buffer.longAt(nodes.at + 16 * node);
    const nulls = buffer.longAt(nodes.at + 16 * node + 8);
    if (length < 0 || length > most || nulls < 0 || nulls > length) {
      throw new BadFlatBuffer("a column has more values than bytes");
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
