import type { OfflineEngine } from "../offline/engine/offline-engine.ts";
import { identifier, literal } from "../offline/engine/sql-text.ts";
import { microseconds } from "../offline/join/column-expressions.ts";
import { spineTime } from "../offline/join/plan-join.ts";
import { JoinRefused } from "../offline/join/refuse-join.ts";
import { parseTime } from "../values/parse-time.ts";
import type { TimeSplit } from "./contract.ts";
import type { SpineTable } from "./join-history.ts";

const table = "split_rows";

/**
 * Adds the column of a split by time to the rows: the name of the part in which the time of a row lies. A row without a time is in none. The
 * old table is given up.
 * @throws JoinRefused for rows that have such a column, or no time
 */
export async function splitByTime(
  engine: OfflineEngine,
  spine: SpineTable,
  split: TimeSplit | null | undefined,
): Promise<SpineTable> {
  if (!split) return spine;
  const { column, parts } = split;
  const taken = spine.columns.find(({ name }) => name.toLowerCase() === column.toLowerCase());
  if (taken) {
    const message = `The rows already have a column "${taken.name}". Choose another name for the column of the split.`;
    throw new JoinRefused("name-collision", message);
  }
  const t = microseconds(spineTime(spine.columns), "down", "spine");
  const cases = parts.map(({ name, until }) => {
    const isOf = until === undefined ? "TRUE" : `${t} < ${parseTime(until)}`;
    return `WHEN ${isOf} THEN ${literal(name)}`;
  });
  await engine.run(
    `CREATE TABLE ${table} AS SELECT spine.*, CASE WHEN ${t} IS NULL THEN NULL ${cases.join(" ")} END AS ${identifier(column)}
      FROM ${spine.table} AS spine ORDER BY spine.rowid`,
  );
  await engine.run(`DROP TABLE ${spine.table}`);
  return { table, columns: [...spine.columns, { name: column, type: "VARCHAR" }] };
}

/** Column with the split of each row; null without one. */
export function splitColumn(request: {
  split?: string | null | undefined;
  splitByTime?: TimeSplit | null | undefined;
}): string | null {
  return request.splitByTime?.column ?? request.split ?? null;
}
