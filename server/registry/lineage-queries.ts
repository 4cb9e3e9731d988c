import { and, eq } from "drizzle-orm";
import { datasets, experiments, loggedModels, modelVersions, runDatasets, runs } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import { permit } from "#server/identity/permit.ts";
import type { Lineage, ModelVersion, VersionDetails, VersionKey } from "./contract.ts";
import { servedVersions } from "./served-versions.ts";
import { loadVersion } from "./version-rows.ts";

/** One version with the run, datasets and logged model it was made from, and the endpoints it serves. @throws DomainError "not-found" */
export async function getVersionDetails(ctx: Context, key: VersionKey): Promise<VersionDetails> {
  permit(ctx, "getVersionDetails");
  const version = await loadVersion(ctx, key);
  const served = await servedVersions(ctx, eq(modelVersions.id, version.id));
  return {
    ...version,
    lineage: {
      run: await runOf(ctx, version),
      loggedModel: await loggedModelOf(ctx, version),
      datasets: await datasetsOf(ctx, version),
      endpoints: served.map(({ endpointId, endpointName }) => ({ id: endpointId, name: endpointName })),
    },
  };
}

/** A version's run id is free text: it may name no run, or one of another workspace. */
async function runOf(ctx: Context, version: ModelVersion): Promise<Lineage["run"]> {
  const [run] = await ctx.db
    .select({ id: runs.id, name: runs.name, experimentId: runs.experimentId, experimentName: experiments.name })
    .from(runs)
    .innerJoin(experiments, and(eq(experiments.workspaceId, runs.workspaceId), eq(experiments.id, runs.experimentId)))
    .where(and(eq(runs.workspaceId, ctx.actor.workspaceId), eq(runs.id, version.runId)));
  return run ?? null;
}

async function loggedModelOf(ctx: Context, { loggedModelId }: ModelVersion): Promise<Lineage["loggedModel"]> {
  if (loggedModelId === null) return null;
  const [model] = await ctx.db
    .select({ id: loggedModels.id, name: loggedModels.name })
    .from(loggedModels)
    .where(and(eq(loggedModels.workspaceId, ctx.actor.workspaceId), eq(loggedModels.id, loggedModelId)));
  return model ?? null;
}

async function datasetsOf(ctx: Context, version: ModelVersion): Promise<Lineage["datasets"]> {
  const rows = await ctx.db
    .select({ name: datasets.name, digest: datasets.digest, tags: runDatasets.tags })
    .from(runDatasets)
    .innerJoin(datasets, eq(datasets.id, runDatasets.datasetId))
    .where(and(eq(runDatasets.workspaceId, ctx.actor.workspaceId), eq(runDatasets.runId, version.runId)))
    .orderBy(datasets.name, datasets.digest)
    .limit(100);
  return rows.map(({ tags, ...dataset }) => ({ ...dataset, context: contextOf(tags) }));
}

/** The tag "mlflow.data.context" among a dataset's tags, which are stored as a JSON list of key and value. */
function contextOf(tags: string): string | null {
  const list: unknown = JSON.parse(tags);
  if (!Array.isArray(list)) return null;
  const context = list.find((tag) => tag?.key === "mlflow.data.context");
  return typeof context?.value === "string" ? context.value : null;
}
