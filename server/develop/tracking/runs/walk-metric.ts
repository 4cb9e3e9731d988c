import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { OrderKey } from "../search/order-by.ts";
import type { SortValue } from "../search/page-token.ts";

/** Of so many entries of the index one run is expected to be found. */
const entriesPerRun = 8;
/** Rows from the start of the walk to the end of the page; beyond, to sort all runs costs less. */
const maxRows = 500;

/** A way to read the first runs by a metric. */
export interface Walk {
  /** What stands instead of the table runs: with order0, whose value is the metric, a number. */
  from: SQL;
  /** To be added to the condition. */
  condition: SQL;
}

/**
 * Reads runs in the order of a metric from its index instead of sorting all, as far as a page usually needs. Runs whose metric
 * is NaN or missing come after all that a walk can reach, so a page that it does not fill must be sorted for.
 * @param rows from the start to the end of the page, which may be that of a token.
 * @param after what the token says.
 * @returns undefined when the order does not begin with a metric, or the page is too far away.
 */
export function walkMetric(
  ctx: Context,
  [first]: readonly OrderKey[],
  rows: number,
  after: readonly SortValue[] | undefined,
): Walk | undefined {
  if (first?.subject.entity !== "metric" || rows > maxRows) return undefined;
  const [rank = 0, value] = after ?? [];
  if (rank !== 0) return undefined;
  const order = sql.raw(first.isDescending ? "desc" : "asc");
  const start = after && sql` and value ${sql.raw(first.isDescending ? "<=" : ">=")} ${value}::double precision`;
  const entries = sql`from metric_series
    where workspace_id = ${ctx.actor.workspaceId} and key = ${first.subject.key} and value < 'NaN'${start ?? sql``}
    order by value ${order}`;
  const reach = rows * entriesPerRun;
  return {
    from: sql`(select run_id, value ${entries} limit ${reach}) as order0 join runs on runs.id = order0.run_id`,
    // Of runs with the value that the walk ends in, it may not have seen all.
    condition: sql`order0.value is distinct from (select value ${entries} offset ${reach} limit 1)`,
  };
}
