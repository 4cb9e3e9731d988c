import { type RecordBatch, RecordBatchReader, type Schema } from "apache-arrow";
import { DomainError } from "#server/base/errors.ts";
import { checkColumns } from "./check-data.ts";
import { checkMessage, maxTableRows, oneDictionary } from "./check-message.ts";
import { type IpcMessage, streamParts } from "./ipc-messages.ts";
import { decodeFlight, type FlightDescriptor } from "./messages.ts";

/** Bytes of one table. */
export const maxTableBytes = 256 * 2 ** 20;
/** Messages of one table: what is kept of each takes memory beside its bytes. */
const maxMessages = 10_000;

/** A table that a client sent, as the messages that it came in. */
export interface SentTable {
  messages: IpcMessage[];
  rows: number;
  /** Bytes of all that was sent with it, what is not used included: it stays in memory with the rest. */
  bytes: number;
}

/** Reads the first message of a call, which says what it is about, and gives the rest. @throws DomainError "invalid" */
export async function readDescriptor(
  sent: AsyncIterable<Buffer>,
): Promise<{ descriptor: FlightDescriptor; table: () => Promise<SentTable> }> {
  const messages = sent[Symbol.asyncIterator]();
  const first = await messages.next();
  if (first.done) throw new DomainError("invalid", "The call has no message.");
  const { flight_descriptor: descriptor, ...rest } = decodeFlight("FlightData", first.value);
  if (!descriptor) throw new DomainError("invalid", "The first message of the call has no descriptor.");
  return { descriptor, table: () => readTable(rest, first.value.length, messages) };
}

interface TableMessage {
  data_header?: Uint8Array;
  data_body?: Uint8Array;
}

async function readTable(first: TableMessage, firstBytes: number, others: AsyncIterator<Buffer>): Promise<SentTable> {
  const table: SentTable = { messages: [], rows: 0, bytes: 0 };
  const add = tableReader(table);
  add(first, firstBytes);
  for (;;) {
    const next = await others.next();
    if (next.done) break;
    add(decodeFlight("FlightData", next.value), next.value.length);
  }
  if (table.messages.length === 0) throw new DomainError("invalid", "The call has no table.");
  return table;
}

const none = new Uint8Array();

/** Returns a function that adds messages to a table, in order. */
function tableReader(table: SentTable): (sent: TableMessage, bytes: number) => void {
  let parts: ReturnType<typeof checkMessage>["parts"] = [];
  const dictionaries = new Set<number>();
  return ({ data_header: header = none, data_body: body = none }, bytes) => {
    table.bytes += bytes;
    checkSize(table);
    // A message may carry only metadata.
    if (header.length === 0) return;
    const checked = checkMessage(header, body.length, parts);
    if ((checked.kind === "schema") !== (table.messages.length === 0)) {
      throw new DomainError("invalid", "A table has one schema, and it comes first.");
    }
    if (checked.kind === "schema") parts = checked.parts;
    if (checked.dictionary !== undefined) {
      if (dictionaries.has(checked.dictionary)) throw oneDictionary();
      dictionaries.add(checked.dictionary);
    }
    if (checked.kind === "rows") table.rows += checked.rows;
    table.messages.push({ header, body: body.subarray(0, checked.bodyBytes) });
    checkSize(table);
  };
}

function checkSize({ bytes, rows, messages }: SentTable): void {
  const limit =
    bytes > maxTableBytes
      ? `${maxTableBytes / 2 ** 20} MiB`
      : rows > maxTableRows
        ? `${maxTableRows} rows`
        : messages.length > maxMessages
          ? `${maxMessages} batches`
          : undefined;
  if (limit) throw new DomainError("too-large", `A table can have at most ${limit}. Send fewer rows at a time.`);
}

/** Returns the table as the bytes of an IPC stream, in parts. */
export function* tableStream({ messages }: SentTable): Generator<Uint8Array> {
  for (const message of messages) yield* streamParts(message);
}

/** Reads the columns of a table. Values stay in the bytes that were sent. @throws DomainError "invalid" */
export function openTable(table: SentTable): { schema: Schema; batches: RecordBatch[] } {
  try {
    const reader = RecordBatchReader.from(tableStream(table)).open();
    // Read to its end, the reader forgets its schema.
    const { schema } = reader;
    refuseNul(schema);
    const batches = [...reader];
    checkColumns(batches.flatMap((batch) => batch.data.children));
    return { schema, batches };
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw new DomainError("invalid", "Invalid Arrow table.", { cause });
  }
}

/** The engine that joins ends its statements at a NUL. */
function refuseNul({ fields }: Schema): void {
  const named = fields.find(({ name }) => name.includes("\u0000"));
  if (!named) return;
  const name = JSON.stringify(named.name.slice(0, 100));
  throw new DomainError("invalid", `The name of column ${name} has a NUL character. Rename it.`);
}
