import { type SQL, sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { ownPath } from "#server/platform/artifacts/own-path.ts";
import type { TrashKey } from "./contract.ts";
import type { Subject } from "./subjects.ts";

/** Maximum number of uses named; more would not help the reader. */
const maxNamed = 20;

/**
 * Describes what uses an item in the trash: versions of registered models based on its run, logged model or files, with their aliases and
 * endpoints, and datasets logged elsewhere with it as their source. Nothing uses models and versions in the trash.
 */
export async function findUses(ctx: Context, key: TrashKey, subject: Subject): Promise<string[]> {
  if (key.kind === "model" || key.kind === "version") return [];
  const { workspaceId } = ctx.actor;
  const { rows: versions } = await ctx.db.execute<{ words: string }>(sql`
    select 'version ' || version || ' of ' || model.name || coalesce((
      select ' (alias ' || string_agg(alias, ', ' order by alias) || ')' from model_aliases where version_id = version.id
    ), '') || coalesce((
      select ', which serves ' || string_agg(endpoints.name, ', ' order by endpoints.name)
      from endpoints join lateral (
        select version_id from deployments where endpoint_id = endpoints.id order by id desc limit 1
      ) as newest on newest.version_id = version.id
      where endpoints.archived_at is null
    ), '') as words
    from model_versions as version join registered_models as model on model.id = version.model_id
    where version.workspace_id = ${workspaceId} and (${usedBy(ctx, key, subject)})
    order by model.name, version limit ${maxNamed}`);
  const { rows: datasets } = await ctx.db.execute<{ words: string }>(sql`
    select distinct 'the dataset ' || name as words from datasets
    where workspace_id = ${workspaceId} and (${holdsRoot(sql`source`, subject)})
      and ${key.kind === "experiment" ? sql`experiment_id <> ${subject.experimentId}` : sql`true`}
    order by words limit ${maxNamed}`);
  return [...versions, ...datasets].map(({ words }) => words);
}

/** Condition on "version", a row of model_versions: whether it came from a run of the table "runs". For rules that skip such runs. */
export const isOfRun = sql`(version.run_id = runs.id or substring(version.storage_location from '^runs:/+([^/]+)') = runs.id
  or position(runs.artifact_uri || '/' in version.storage_location || '/') = 1)`;

function usedBy(ctx: Context, { kind, id }: TrashKey, subject: Subject): SQL {
  const usesRoot = holdsRoot(sql`version.storage_location`, subject);
  if (kind === "logged-model") return sql`version.logged_model_id = ${id} or ${usesRoot}`;
  const named = sql`substring(version.storage_location from '^runs:/+([^/]+)')`;
  if (kind === "run") return sql`version.run_id = ${id} or ${named} = ${id} or ${usesRoot}`;
  const ofExperiment = sql`workspace_id = ${ctx.actor.workspaceId} and experiment_id = ${subject.experimentId}`;
  return sql`version.run_id in (select id from runs where ${ofExperiment})
    or ${named} in (select id from runs where ${ofExperiment})
    or version.logged_model_id in (select id from logged_models where ${ofExperiment}) or ${usesRoot}`;
}

/** Whether a text names a folder of the subject, or something in it. Folders outside Leeway never match. */
function holdsRoot(text: SQL, { roots }: Subject): SQL {
  const own = roots.flatMap((root) => ownPath(root) ?? []);
  if (own.length === 0) return sql`false`;
  return sql.join(
    own.map((path) => sql`position(${`mlflow-artifacts:/${path}/`} in ${text} || '/') > 0`),
    sql` or `,
  );
}
