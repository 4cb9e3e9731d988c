import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { endpoints, labelProjects, modelVersions, type retrainingPolicies } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { deploymentHistory } from "#server/serve/endpoints/deployment-rows.ts";
import { findTrainedExport } from "../../labelling/flows/find-trained-export.ts";

export type PolicyRow = typeof retrainingPolicies.$inferSelect;

/** The version that serves the endpoint of a policy. Times are milliseconds since 1970. */
export interface Champion {
  id: string;
  version: number;
  /** Since when it serves; deployments of the same version one after the other are one. */
  servesSince: number;
  /** Whether another version served before, to which the endpoint could be rolled back. */
  hasPredecessor: boolean;
  /** End of the data that it was trained on: later labels are new to it. */
  dataEnd: number;
  /** Versions of datasets that its run used. */
  datasets: readonly { name: string; digest: string }[];
}

/** Deployments of one version that are followed back. */
const maxDeployments = 50;

/**
 * Reads the version that serves the endpoint of a policy. The caller has checked permissions.
 * @returns null where the endpoint is archived, or serves no version of the policy's model
 */
export async function readChampion(ctx: Context, policy: PolicyRow): Promise<Champion | null> {
  const history = await deploymentHistory(ctx, policy.endpointId, maxDeployments);
  const [current] = history;
  if (!current) return null;
  const [version] = await ctx.db
    .select({
      id: modelVersions.id,
      version: modelVersions.version,
      runId: modelVersions.runId,
      createdAt: modelVersions.createdAt,
    })
    .from(modelVersions)
    .innerJoin(endpoints, and(eq(endpoints.id, policy.endpointId), isNull(endpoints.archivedAt)))
    .where(
      and(
        eq(modelVersions.workspaceId, ctx.actor.workspaceId),
        eq(endpoints.workspaceId, ctx.actor.workspaceId),
        eq(modelVersions.id, current.versionId),
        eq(modelVersions.modelId, policy.modelId),
      ),
    );
  if (!version) return null;
  const others = history.findIndex(({ versionId }) => versionId !== current.versionId);
  const first = history[others < 0 ? history.length - 1 : others - 1] ?? current;
  const datasets = await readDatasets(ctx, version.runId);
  const trainedOn = datasets.flatMap(({ isTraining, createdAt }) =>
    isTraining && createdAt !== null ? createdAt : [],
  );
  return {
    id: version.id,
    version: version.version,
    servesSince: first.deployedAt.getTime(),
    hasPredecessor: others >= 0,
    dataEnd: (await endOfLabels(ctx, policy)) ?? (trainedOn.length > 0 ? Math.max(...trainedOn) : version.createdAt),
    datasets,
  };
}

const Used = z.object({
  name: z.string(),
  digest: z.string(),
  isTraining: z.boolean(),
  /** When Leeway got the rows; null where it has none. */
  createdAt: z.number().nullable(),
});

async function readDatasets(ctx: Context, runId: string) {
  if (runId === "") return [];
  const result = await ctx.db.execute(sql`
    select named.name, named.digest, (extract(epoch from stored.created_at) * 1000)::float8 as "createdAt",
      coalesce((select tag->>'value' from jsonb_array_elements(used.tags::jsonb) as tag
        where tag->>'key' = 'mlflow.data.context' limit 1), 'training') ilike 'train%' as "isTraining"
    from run_datasets as used
    join datasets as named on named.id = used.dataset_id and named.workspace_id = used.workspace_id
    left join dataset_versions as stored on stored.workspace_id = named.workspace_id and stored.name = named.name
      and stored.digest = named.digest
    where used.workspace_id = ${ctx.actor.workspaceId} and used.run_id = ${runId} limit 1000`);
  return rowsOf(Used, result);
}

/** When the labels were exported that the champion was trained on; null where it was trained on none of the policy's project. */
async function endOfLabels(ctx: Context, { endpointId, plan }: PolicyRow): Promise<number | null> {
  if (plan.data.kind !== "labels") return null;
  const [project] = await ctx.db
    .select({ progress: labelProjects.progress })
    .from(labelProjects)
    .where(and(eq(labelProjects.workspaceId, ctx.actor.workspaceId), eq(labelProjects.id, plan.data.project)));
  // By the policy's endpoint: the project may have another one, or none.
  const trained = project && (await findTrainedExport(ctx, { endpointId, progress: project.progress }));
  return trained ? Date.parse(trained.requestedAt) : null;
}
