import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { OrderKey } from "../search/order-by.ts";
import type { SortValue } from "../search/page-token.ts";

/** Expected number of index entries per run found. */
const entriesPerRun = 8;
/** Rows from the start of the walk to the end of the page; beyond, to sort all runs costs less. */
const maxRows = 500;

/** A way to read the first runs by a metric. */
export interface Walk {
  /** Replacement for the table runs: joined with order0, whose value is the metric, a number. */
  from: SQL;
  /** To be added to the condition. */
  condition: SQL;
}

/**
 * Reads runs in the order of a metric from its index instead of sorting all, as far as a page usually requires. Runs whose metric is NaN or
 * missing come after all runs that a walk can reach, which means that an incomplete page must be sorted for.
 * @param rows number of rows from the start to the end of the page, which may be that of a token.
 * @param after sort values of the token.
 * @returns undefined if the order does not start with a metric, or the page is too far away.
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
    // The walk may not have seen all runs with its last value.
    condition: sql`order0.value is distinct from (select value ${entries} offset ${reach} limit 1)`,
  };
}
