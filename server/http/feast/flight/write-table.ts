import { type Data, Field, makeData, RecordBatch, Schema, Struct, Table, tableToIPC } from "apache-arrow";
import type { FeatureType } from "#server/develop/features/contract.ts";
import type { ColumnCells } from "#server/develop/features/offline/engine/messages.ts";
import { arrowColumn, arrowType } from "./arrow-columns.ts";
import { messagesOfStream } from "./ipc-messages.ts";
import { encodeFlight } from "./messages.ts";

/** Rows of one message, and cells that are added to them. */
const maxBatchRows = 16_000;
const maxBatchCells = 2_000_000;

/** A column that is added to a table, or makes one. */
export interface AnswerColumn {
  name: string;
  type: FeatureType;
}

/** Cells of these columns, by column. */
type AnswerCells = readonly ColumnCells[];

/**
 * Writes a table as messages of Flight: its schema, and batches of at most 16,000 rows, fewer where many columns are added. The columns of the client's own table come first, as
 * they were sent, with the schema's metadata, by which pandas restores its index.
 * @param sent the client's table in batches, or undefined
 * @param read returns cells of the added columns from a row on; called in order
 */
export async function* tableMessages(
  sent: { schema: Schema; batches: readonly RecordBatch[] } | undefined,
  added: readonly AnswerColumn[],
  read: (rows: number) => Promise<AnswerCells>,
  rows: number,
): AsyncGenerator<Uint8Array> {
  const fields = [
    ...(sent?.schema.fields ?? []),
    ...added.map(({ name, type }) => new Field(name, arrowType(type), true)),
  ];
  const schema = new Schema(fields, sent?.schema.metadata);
  const most = Math.max(1, Math.min(maxBatchRows, Math.floor(maxBatchCells / Math.max(1, added.length))));
  const readPart = ({ length }: { length: number }) => {
    const cells = length === 0 ? Promise.resolve(added.map(() => [])) : read(length);
    // The consumer may stop before anything waits for it.
    cells.catch(() => {});
    return cells;
  };
  const parts = [...slices(sent?.batches, rows, most)];
  let isFirst = true;
  let coming = parts[0] && readPart(parts[0]);
  for (const [position, { own, length }] of parts.entries()) {
    const cells = (await coming) ?? [];
    // The next cells are read while these are written and sent.
    const next = parts[position + 1];
    coming = next && readPart(next);
    const children = [...own, ...added.map(({ type }, index) => arrowColumn(type, cells[index] ?? []))];
    const data = makeData({ type: new Struct(fields), length, nullCount: 0, children });
    const stream = tableToIPC(new Table(schema, [new RecordBatch(schema, data)]), "stream");
    for (const [index, { header, body }] of [...messagesOfStream(stream)].entries()) {
      // Each of these streams begins with the schema.
      if (index > 0 || isFirst) yield encodeFlight("FlightData", { data_header: header, data_body: body });
    }
    isFirst = false;
  }
}

/** Cuts a table into parts of at most `most` rows; at least one, so that an empty table has a schema. */
function* slices(
  batches: readonly RecordBatch[] | undefined,
  rows: number,
  most: number,
): Generator<{ own: Data[]; length: number }> {
  const parts: { children: Data[]; rows: number }[] =
    batches?.map((batch) => ({ children: batch.data.children, rows: batch.numRows })) ?? [];
  if (!batches) parts.push({ children: [], rows });
  const filled = parts.filter((part) => part.rows > 0);
  for (const part of filled.length > 0 ? filled : parts.slice(0, 1)) {
    for (let at = 0; at < Math.max(1, part.rows); at += most) {
      const length = Math.min(most, part.rows - at);
      yield { own: part.children.map((child) => child.slice(at, length)), length };
    }
  }
}
