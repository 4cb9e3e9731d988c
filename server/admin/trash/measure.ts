import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { countPointBytes } from "#server/develop/tracking/metrics/purge-points.ts";
import { ownPath } from "#server/platform/artifacts/own-path.ts";
import type { PurgePreview, TrashKey } from "./contract.ts";
import type { Subject } from "./subjects.ts";

const runsAtOnce = 5000;

export type Measured = Omit<PurgePreview, "kind" | "id" | "name" | "usedBy">;

/** Measures an item in the trash: the content to be deleted, and its size in bytes. */
export async function measure(ctx: Context, { kind, id }: TrashKey, subject: Subject): Promise<Measured> {
  const { workspaceId } = ctx.actor;
  const ofExperiment = sql`workspace_id = ${workspaceId} and experiment_id = ${subject.experimentId}`;
  const count = async (table: string) => {
    const { rows } = await ctx.db.execute<{ count: string }>(
      sql`select count(*) from ${sql.identifier(table)} where ${ofExperiment}`,
    );
    return Number(rows[0]?.count ?? 0);
  };
  const none = { runs: 0, loggedModels: 0, versions: 0, traces: 0, pointBytes: 0 };
  const files = await measureFiles(ctx, subject.roots, ofExperimentRoots(kind, ofExperiment));
  switch (kind) {
    case "experiment":
      return {
        ...none,
        ...files,
        runs: await count("runs"),
        loggedModels: await count("logged_models"),
        traces: await count("traces"),
        pointBytes: await pointBytes(ctx, ofExperiment),
      };
    case "run":
      return { ...none, ...files, runs: 1, pointBytes: await countPointBytes(ctx, [id]) };
    case "logged-model":
      return { ...none, ...files, loggedModels: 1 };
    case "model":
    case "version":
      return { ...none, ...files, versions: subject.roots.length };
  }
}

/** Runs of an experiment are measured where each says that its files are: several experiments may share one folder. */
function ofExperimentRoots(kind: TrashKey["kind"], ofExperiment: SQL): SQL | undefined {
  if (kind !== "experiment") return undefined;
  return sql`select artifact_uri from runs where ${ofExperiment}
    union all select artifact_uri from logged_models where ${ofExperiment}`;
}

async function measureFiles(
  ctx: Context,
  roots: readonly string[],
  more: SQL | undefined,
): Promise<{ files: number; fileBytes: number }> {
  const prefix = `${ctx.actor.workspaceId}/`;
  const own = more ? [] : roots.flatMap((root) => ownPath(root) ?? []).map((path) => `mlflow-artifacts:/${path}`);
  const { rows } = await ctx.db.execute<{ files: string; bytes: string }>(sql`
    with roots as (
      select distinct ${prefix} || substr(uri, length('mlflow-artifacts:/') + 1) as key
      from (${more ?? sql`select unnest(${sql.param(own)}::text[])`}) as root (uri)
      where uri like 'mlflow-artifacts:/_%'
    )
    select count(*) as files, coalesce(sum(size_bytes), 0) as bytes from roots join artifact_files as file
      on (file.key collate "C" > roots.key || '/' and file.key collate "C" < roots.key || '0') or file.key = roots.key`);
  return { files: Number(rows[0]?.files ?? 0), fileBytes: Number(rows[0]?.bytes ?? 0) };
}

async function pointBytes(ctx: Context, ofExperiment: SQL): Promise<number> {
  const { rows } = await ctx.db.execute<{ id: string }>(sql`select id from runs where ${ofExperiment}`);
  const ids = rows.map(({ id }) => id);
  let bytes = 0;
  for (let start = 0; start < ids.length; start += runsAtOnce) {
    bytes += Number(await countPointBytes(ctx, ids.slice(start, start + runsAtOnce)));
  }
  return bytes;
}
