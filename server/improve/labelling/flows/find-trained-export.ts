import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import type { LabelProjectRow } from "../projects/find-label-project.ts";

const TrainedOn = z.object({ name: z.string(), digest: z.string(), model: z.string(), version: z.number() });

/** A dataset version of labels that a model was trained on. */
interface TrainedExport {
  /** When it was asked for, as ISO time: its labels are those of that time, or of a moment later. */
  requestedAt: string;
  model: string;
  version: number;
}

/**
 * Finds the newest dataset version of a project's labels that the version in effect at its endpoint was trained on, by name and digest; for a
 * project without an endpoint, that any model version was trained on. The caller has checked permissions.
 */
export async function findTrainedExport(
  ctx: Context,
  { endpointId, progress }: Pick<LabelProjectRow, "endpointId" | "progress">,
): Promise<TrainedExport | null> {
  const exports = (progress?.exports ?? []).filter(({ state, audit }) => state === "done" && audit === null);
  if (exports.length === 0) return null;
  const isWanted =
    endpointId === null
      ? sql`true`
      : sql`version.id = (select deployed.version_id from deployments as deployed
          where deployed.endpoint_id = ${endpointId} order by deployed.id desc limit 1)`;
  const digests = JSON.stringify(exports.map(({ dataset: name, digest }) => ({ name, digest })));
  const result = await ctx.db.execute(sql`
    select distinct named.name, named.digest, model.name as model, version.version
    from jsonb_to_recordset(${digests}::jsonb) as exported (name text, digest text)
    join datasets as named on named.workspace_id = ${ctx.actor.workspaceId} and named.name = exported.name and named.digest = exported.digest
    join run_datasets as used on used.dataset_id = named.id
    join model_versions as version on version.run_id = used.run_id and version.workspace_id = named.workspace_id
    join registered_models as model on model.id = version.model_id
    where ${isWanted}
      and coalesce((select tag->>'value' from jsonb_array_elements(used.tags::jsonb) as tag
        where tag->>'key' = 'mlflow.data.context' limit 1), 'training') ilike 'train%'
    order by version.version desc`);
  const trained = rowsOf(TrainedOn, result);
  for (const { dataset, digest, requestedAt } of exports) {
    const by = trained.find((one) => one.name === dataset && one.digest === digest);
    if (by) return { requestedAt, model: by.model, version: by.version };
  }
  return null;
}
