import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { qualityPattern } from "../headline.ts";
import { shownUser } from "../runs/shown-user.ts";
import { type FieldKind, type FieldValue, type RunFields, SearchRunFields } from "./contract.ts";

/** Older runs than these do not bring keys of their own. */
const maxRuns = 1_000;
/** Maximum number of entries read; fewer runs are read where runs have thousands of metrics: an entry costs about 0.33 µs. */
const maxEntries = 200_000;

const tables: Record<FieldKind, SQL> = { metric: sql`metric_series`, param: sql`run_params`, tag: sql`run_tags` };

/**
 * Returns entries of the newest runs of an experiment: (run_id, key, and the fields of `columns`). Run by run, newest first, so that the
 * limit cuts off the oldest: "offset 0" prevents the planner from reading the complete table instead.
 */
function newestEntries(ctx: Context, experimentId: number, kind: FieldKind, columns: SQL = sql``): SQL {
  return sql`
    select newest.id as run_id, entry.* from (
      select id from runs
      where workspace_id = ${ctx.actor.workspaceId} and experiment_id = ${experimentId} and deleted_at is null
      order by started_at desc limit ${maxRuns}
    ) as newest
    cross join lateral (select key${columns} from ${tables[kind]} where run_id = newest.id offset 0) as entry
    limit ${maxEntries}`;
}

interface FieldRow extends Record<string, unknown> {
  key: string;
  runs: string;
  values: string | null;
  total: string;
  looked: string;
}

/**
 * Returns the metrics, params or tags of an experiment's newest runs whose name contains the words, most common first, a page at a time. Of
 * equally common metrics, those with a quality-related name come first.
 */
export async function searchRunFields(ctx: Context, input: SearchRunFields): Promise<RunFields> {
  permit(ctx, "searchRunFields");
  const { experimentId, kind, words, offset, limit } = SearchRunFields.parse(input);
  const hasValues = kind !== "metric";
  const entries = newestEntries(ctx, experimentId, kind, hasValues ? sql`, value` : sql``);
  const holds = sql`key ilike ${`%${words.replaceAll(/[\\%_]/g, "\\$&")}%`}`;
  // Tags set by the client itself are found only by their full prefix.
  const isShown = kind === "tag" && !words.startsWith("mlflow") ? sql`${holds} and key not like 'mlflow.%'` : holds;
  const qualityFirst = kind === "metric" ? sql`key ~* ${qualityPattern} desc,` : sql``;
  // Groups by value first, which uses hashing; to count distinct values Postgres would sort all rows.
  const { rows } = await ctx.db.execute<FieldRow>(sql`
    with entries as materialized (${entries}), used as (
      select key, count(*) as runs from entries where ${isShown} group by key${hasValues ? sql`, value` : sql``}
    )
    select key, sum(runs) as runs, ${hasValues ? sql`count(*)` : sql`null`} as values, count(*) over () as total,
      (select count(*) from (select distinct run_id from entries) as run) as looked
    from used group by key
    order by lower(key) = lower(${words}) desc, sum(runs) desc, ${qualityFirst} key collate "C" limit ${limit} offset ${offset}`);
  return {
    fields: rows.map(({ key, runs, values }) => ({
      key,
      runs: Number(runs),
      ...(values !== null && { values: Number(values) }),
    })),
    total: Number(rows[0]?.total ?? 0),
    runs: Number(rows[0]?.looked ?? 0),
  };
}

/** Lists values that the newest runs of an experiment have in a param, tag or attribute, and that contain the words; most common first. */
export async function listFieldValues(
  ctx: Context,
  input: { experimentId: number; field: string; words: string; limit: number },
): Promise<FieldValue[]> {
  permit(ctx, "listFieldValues");
  const { experimentId, field, words, limit } = input;
  const entries = entriesOf(ctx, experimentId, field);
  if (!entries) return [];
  const { rows } = await ctx.db.execute<{ value: string; runs: string }>(sql`
    select left(value, 200) as value, count(*) as runs from (${entries}) as entries
    where value <> '' and value ilike ${`%${words.replaceAll(/[\\%_]/g, "\\$&")}%`}
    group by left(value, 200) order by count(*) desc, left(value, 200) limit ${Math.min(limit, 50)}`);
  return rows.map(({ value, runs }) => ({ value, runs: Number(runs) }));
}

function entriesOf(ctx: Context, experimentId: number, field: string): SQL | undefined {
  const [, kind, key = ""] = /^(params|tags|metrics)\.(.+)$/s.exec(field) ?? [];
  const newest = (column: SQL) => sql`
    select ${column} as value from runs
    where runs.workspace_id = ${ctx.actor.workspaceId} and runs.experiment_id = ${experimentId} and runs.deleted_at is null
    order by runs.started_at desc limit ${maxRuns}`;
  if (kind) {
    const table = { params: tables.param, tags: tables.tag, metrics: tables.metric }[kind];
    return newest(sql`(select value::text from ${table ?? sql``} where run_id = runs.id and key = ${key})`);
  }
  const column = attributes[field];
  if (column) return newest(column);
  const part = { "datasets.name": sql`name`, "datasets.digest": sql`digest` }[field];
  return (
    part &&
    sql`select ${part} as value from datasets where workspace_id = ${ctx.actor.workspaceId} and experiment_id = ${experimentId}`
  );
}

const attributes: Record<string, SQL> = {
  "attributes.status": sql`runs.status::text`,
  "attributes.user_id": shownUser,
  "attributes.run_name": sql`runs.name`,
};
