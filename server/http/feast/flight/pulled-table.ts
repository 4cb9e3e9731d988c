import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { firstEventUs } from "#server/develop/features/materialisations/contract.ts";
import { pullSource } from "#server/develop/features/sources/pull-source.ts";
import { parseTime } from "#server/develop/features/values/parse-time.ts";
import type { PullCommand } from "./command.ts";
import type { ReadPlace } from "./historical-reads.ts";
import { tableMessages } from "./write-table.ts";

/**
 * Returns the messages of a table with rows of a source, for clients that materialise themselves: docs/spec/feast.md section 5. What the
 * client says of the times' columns is not needed: the source is defined.
 */
export async function* pulledTable(
  ctx: Context,
  command: PullCommand,
  place: ReadPlace & { signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const request = {
    source: command.data_source_name,
    joinKeys: command.join_key_columns,
    features: command.feature_name_columns,
    range: {
      from: command.start_date == null ? firstEventUs : timeOf("start_date", command.start_date),
      to: command.end_date == null ? Number.MAX_SAFE_INTEGER : timeOf("end_date", command.end_date),
    },
    isLatest: command.api === "pull_latest_from_table_or_query",
  };
  let isFirstPage = true;
  for await (const { rows, columns } of pullSource(ctx, request, place)) {
    const added = columns.map(({ name, type }) => ({ name, type }));
    let isFirst = true;
    let at = 0;
    const read = async (count: number) => {
      const cells = columns.map((column) => column.cells.slice(at, at + count));
      at += count;
      return cells;
    };
    for await (const message of tableMessages(undefined, added, read, rows)) {
      // The first is the schema, which a table has once.
      if (isFirstPage || !isFirst) yield message;
      isFirst = false;
    }
    isFirstPage = false;
  }
}

function timeOf(field: string, text: string): number {
  const time = Number(parseTime(text) ?? Number.NaN);
  if (Number.isSafeInteger(time)) return time;
  throw new DomainError("invalid", `${field} is not a time: ${JSON.stringify(text.slice(0, 60))}.`);
}
