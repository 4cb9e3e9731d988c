import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { meanInterval } from "#server/stats/student-t.ts";
import { guessDirection } from "../headline.ts";
import { runCondition } from "../runs/find-runs.ts";
import { runSearch } from "../search/compile.ts";
import { numberOf } from "../search/sort.ts";
import { GroupRuns, type GroupStatistics, type RunGroup, type RunGroups } from "./contract.ts";
import { groupSubject } from "./group-subject.ts";

interface GroupRow extends Record<string, unknown> {
  value: string | null;
  runs: string;
  newest: string;
  total: string;
  all: string;
}

/**
 * Groups the runs that match a filter by a common value, with figures of some metrics over each group: runs that differ only by their seed
 * become one line with an interval.
 * @throws DomainError "invalid" for an invalid filter or grouping.
 */
export async function groupRuns(ctx: Context, input: GroupRuns): Promise<RunGroups> {
  permit(ctx, "groupRuns");
  const { experimentId, filter, by, metrics, sort: wanted, offset, limit } = GroupRuns.parse(input);
  const sort = wanted && orderSql(wanted, metrics) ? wanted : defaultSort(metrics);
  const subject = groupSubject(by);
  const condition = runCondition(ctx, { experimentIds: [experimentId], filter });
  const rows = await runSearch<GroupRow>(
    ctx,
    filter,
    sql`
    with found as materialized (
      select runs.id, runs.started_at, ${subject.value} as value from runs ${subject.join} where ${condition}
    ), grouped as (
      select found.value, count(*) as runs, max(found.started_at) as newest${sql.join(metrics.map(figuresSql), sql``)}
      from found ${sql.join(metrics.map(joinSql), sql` `)} group by found.value
    )
    select *, count(*) over () as total, sum(runs) over () as "all" from grouped
    order by ${orderSql(sort, metrics)}, runs desc, value collate "C" nulls last limit ${limit} offset ${offset}`,
  );
  return {
    by,
    groups: rows.map((row) => toGroup(row, metrics)),
    total: Number(rows[0]?.total ?? 0),
    runs: Number(rows[0]?.all ?? 0),
    metrics,
    sort,
  };
}

function defaultSort(metrics: readonly string[]): RunGroups["sort"] {
  const [first] = metrics;
  const direction = first ? guessDirection(first) : "unknown";
  if (!first || direction === "unknown") return { column: "runs", descending: true };
  return { column: `metrics.${first}`, descending: direction === "higher" };
}

/** Returns the order of groups. Groups without a figure come last in both directions, and so does the group without a value. */
function orderSql({ column, descending }: RunGroups["sort"], metrics: readonly string[]): SQL | undefined {
  const direction = descending ? sql`desc nulls last` : sql`asc nulls last`;
  if (column === "runs") return sql`runs ${direction}`;
  if (column === "value") {
    const numbers = numberOf(sql`value`);
    return sql`(value is null), (${numbers} is null), ${numbers} ${direction}, value collate "C" ${direction}`;
  }
  const index = metrics.findIndex((key) => column === `metrics.${key}`);
  return index < 0 ? undefined : sql`${sql.identifier(`mean${index}`)} ${direction}`;
}

function joinSql(key: string, index: number): SQL {
  const series = sql.identifier(`series${index}`);
  return sql`left join metric_series as ${series} on ${series}.run_id = found.id and ${series}.key = ${key}
    and ${series}.value <> 'NaN' and abs(${series}.value) < ${maxSquare}`;
}

/** The squares of larger numbers, as clients send them for infinity, are no numbers any more. */
const maxSquare = 1e150;

function figuresSql(_key: string, index: number): SQL {
  const value = sql`${sql.identifier(`series${index}`)}.value`;
  const as = (name: string) => sql.identifier(`${name}${index}`);
  return sql`, count(${value}) as ${as("count")}, avg(${value}) as ${as("mean")}, stddev_samp(${value}) as ${as("deviation")},
    percentile_cont(0.5) within group (order by ${value}) as ${as("median")},
    min(${value}) as ${as("lowest")}, max(${value}) as ${as("highest")}`;
}

function toGroup(row: GroupRow, metrics: readonly string[]): RunGroup {
  const figures = metrics.flatMap((key, index): [string, GroupStatistics][] => {
    const figure = (name: string) => Number(row[`${name}${index}`]);
    const [count, mean] = [figure("count"), figure("mean")];
    if (count === 0) return [];
    const interval = meanInterval({ count, mean, deviation: figure("deviation") });
    const rest = { median: figure("median"), lowest: figure("lowest"), highest: figure("highest") };
    return [[key, { count, mean, low: interval?.low ?? null, high: interval?.high ?? null, ...rest }]];
  });
  const { value, runs, newest } = row;
  return { value, runs: Number(runs), newestAt: Number(newest), metrics: Object.fromEntries(figures) };
}
