import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { VersionSummary } from "./contract.ts";
import { shownDays } from "./upload-states.ts";

/** Selects the names of all datasets, as a table with one column; datasets logged only by experiments in the trash are left out. */
export function datasetNames(ctx: Context): SQL {
  const { workspaceId } = ctx.actor;
  return sql`(
    select d.name from datasets d
    join experiments e on e.workspace_id = d.workspace_id and e.id = d.experiment_id and e.deleted_at is null
    where d.workspace_id = ${workspaceId}
    union select name from dataset_versions where workspace_id = ${workspaceId}
    union select name from dataset_uploads where workspace_id = ${workspaceId} and (state in ('waiting', 'running')
      or (state = 'failed' and finished_at > now() - make_interval(days => ${shownDays}))))`;
}

/** Returns whether a dataset with this name exists. */
export async function isKnown(ctx: Context, name: string): Promise<boolean> {
  const { rows } = await ctx.db.execute(sql`select 1 from ${datasetNames(ctx)} n where name = ${name} limit 1`);
  return rows.length > 0;
}

/** Version as stored in the tables, whether logged by a client or uploaded. */
export const VersionRow = z.object({
  name: z.string(),
  digest: z.string(),
  /** Time of the first record of the version, in milliseconds. */
  created: z.number(),
  isUploaded: z.boolean(),
  isLogged: z.boolean(),
  rows: z.number().nullable(),
  columns: z.number().nullable(),
  /** As a client logged them. */
  schema: z.string().nullable(),
  profile: z.string().nullable(),
});
export type VersionRow = z.infer<typeof VersionRow>;

/** Selects versions of these datasets by digest, as a table; equal ones from several experiments are merged. */
export function versionsTable(ctx: Context, names: readonly string[], digest?: string): SQL {
  const { workspaceId } = ctx.actor;
  const ofNames = (column: SQL) =>
    sql`${column} in (${sql.join(
      names.map((name) => sql`${name}`),
      sql`, `,
    )})`;
  const isDigest = (column: SQL) => (digest === undefined ? sql`true` : sql`${column} = ${digest}`);
  return sql`(
    select name, digest, min(created) as created, bool_or(uploaded) as "isUploaded", bool_or(not uploaded) as "isLogged",
      max(rows) as rows, max(columns) as columns,
      (array_agg(schema order by created) filter (where schema is not null))[1] as schema,
      (array_agg(profile order by created) filter (where profile is not null))[1] as profile
    from (
      select d.name, d.digest, d.created_at::float8 as created, false as uploaded, null::bigint as rows,
        null::int as columns, d.schema, d.profile
      from datasets d
      join experiments e on e.workspace_id = d.workspace_id and e.id = d.experiment_id and e.deleted_at is null
      where d.workspace_id = ${workspaceId} and ${ofNames(sql`d.name`)} and ${isDigest(sql`d.digest`)}
      union all
      select name, digest, (extract(epoch from created_at) * 1000)::float8, true, rows, jsonb_array_length(columns),
        null, null
      from dataset_versions
      where workspace_id = ${workspaceId} and ${ofNames(sql`name`)} and ${isDigest(sql`digest`)}
    ) as versions
    group by name, digest)`;
}

interface Usage {
  runs: number;
  modelVersions: number;
}

const UsageRow = z.object({ name: z.string(), digest: z.string(), runs: z.number(), modelVersions: z.number() });

const CheckRow = z.object({
  name: z.string(),
  digest: z.string(),
  passed: z.boolean(),
  revision: z.number(),
  at: z.number(),
  failed: z.number(),
});

/** Counts the runs, and the model versions created by them, that used these datasets; by name, or by name and digest (see `usageKey`). */
export async function countUsage(
  ctx: Context,
  names: readonly string[],
  by: "name" | "digest",
): Promise<Map<string, Usage>> {
  if (names.length === 0) return new Map();
  const { workspaceId } = ctx.actor;
  const digest = by === "digest" ? sql`d.digest` : sql`''`;
  const result = await ctx.db.execute(sql`
    select d.name, ${digest} as digest, count(distinct r.id) as runs, count(distinct m.id) as "modelVersions"
    from datasets d
    join run_datasets u on u.dataset_id = d.id
    join runs r on r.id = u.run_id and r.deleted_at is null
    join experiments e on e.workspace_id = d.workspace_id and e.id = d.experiment_id and e.deleted_at is null
    left join model_versions m on m.run_id = r.id and m.workspace_id = ${workspaceId}
    where d.workspace_id = ${workspaceId}
      and d.name in (${sql.join(
        names.map((name) => sql`${name}`),
        sql`, `,
      )})
    group by 1, 2`);
  const counted = rowsOf(UsageRow, result);
  return new Map(
    counted.map(({ name, digest, runs, modelVersions }) => [usageKey(name, digest), { runs, modelVersions }]),
  );
}

export function usageKey(name: string, digest = ""): string {
  return JSON.stringify([name, digest]);
}

/** Returns the check result of the newest checked version of each dataset, or of each version, against the newest contract used. */
export async function checkStates(
  ctx: Context,
  names: readonly string[],
  by: "name" | "digest",
): Promise<Map<string, NonNullable<VersionSummary["check"]>>> {
  if (names.length === 0) return new Map();
  const one = by === "name" ? sql`v.name` : sql`v.name, v.digest`;
  const result = await ctx.db.execute(sql`
    select distinct on (${one}) v.name, v.digest, c.passed, k.revision,
      (extract(epoch from c.created_at) * 1000)::float8 as at,
      (select count(*) from jsonb_array_elements(c.results) r where not (r->>'passed')::boolean) as failed
    from dataset_checks c
    join dataset_versions v on v.id = c.version_id
    join dataset_contracts k on k.id = c.contract_id
    where c.workspace_id = ${ctx.actor.workspaceId}
      and v.name in (${sql.join(
        names.map((name) => sql`${name}`),
        sql`, `,
      )})
    order by ${one}, v.created_at desc, k.revision desc`);
  const found = rowsOf(CheckRow, result);
  return new Map(
    found.map(({ name, at, ...check }) => [
      usageKey(name, by === "digest" ? check.digest : ""),
      { ...check, createdAt: new Date(at) },
    ]),
  );
}
