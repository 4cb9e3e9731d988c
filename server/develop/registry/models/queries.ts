import { and, count, desc, eq, gt, inArray, notExists, type SQL, sql } from "drizzle-orm";
import { modelVersions, registeredModels, registeredModelTags } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findModel, noModel } from "../lookups.ts";
import { servedVersions } from "../versions/served-versions.ts";
import type { ModelSummary, RegisteredModel } from "./contract.ts";
import { loadModel, selectAliases } from "./rows.ts";

/** Returns one model by name. @throws DomainError "not-found" */
export async function getModel(ctx: Context, name: string): Promise<RegisteredModel> {
  permit(ctx, "getModel");
  return loadModel(ctx, name);
}

/** Returns one model as a row of the list. @throws DomainError "not-found" */
export async function getModelSummary(ctx: Context, name: string): Promise<ModelSummary> {
  permit(ctx, "getModelSummary");
  const [summary] = await summarise(ctx, [await findModel(ctx, name)]);
  if (!summary) throw noModel(name);
  return summary;
}

/**
 * Models in the order of their names, from after the name `after` on. MLflow's prompts, which are stored as models, are left out.
 * @param input.search part of the name, in any case.
 */
export async function listModels(
  ctx: Context,
  input: { search?: string | undefined; after?: string | undefined; limit?: number | undefined } = {},
): Promise<ModelSummary[]> {
  permit(ctx, "listModels");
  const byBytes = sql<string>`${registeredModels.name} collate "C"`;
  const conditions: (SQL | undefined)[] = [
    eq(registeredModels.workspaceId, ctx.actor.workspaceId),
    input.search ? sql`position(lower(${input.search}) in lower(${registeredModels.name})) > 0` : undefined,
    input.after === undefined ? undefined : gt(byBytes, input.after),
    notExists(
      ctx.db
        .select()
        .from(registeredModelTags)
        .where(
          and(
            eq(registeredModelTags.modelId, registeredModels.id),
            eq(registeredModelTags.key, "mlflow.prompt.is_prompt"),
            eq(registeredModelTags.value, "true"),
          ),
        ),
    ),
  ];
  const rows = await ctx.db
    .select()
    .from(registeredModels)
    .where(and(...conditions))
    .orderBy(byBytes)
    .limit(Math.min(input.limit ?? 100, 500));
  return summarise(ctx, rows);
}

async function summarise(ctx: Context, rows: (typeof registeredModels.$inferSelect)[]): Promise<ModelSummary[]> {
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return [];
  const ofThese = inArray(modelVersions.modelId, ids);
  const counts = await ctx.db
    .select({ modelId: modelVersions.modelId, count: count() })
    .from(modelVersions)
    .where(ofThese)
    .groupBy(modelVersions.modelId);
  const newest = await ctx.db
    .selectDistinctOn([modelVersions.modelId])
    .from(modelVersions)
    .where(ofThese)
    .orderBy(modelVersions.modelId, desc(modelVersions.version));
  const countOf = new Map(counts.map((row) => [row.modelId, row.count]));
  const newestOf = new Map(newest.map((row) => [row.modelId, row]));
  const aliasesOf = await selectAliases(ctx, ids);
  const servedOf = Map.groupBy(await servedVersions(ctx, ofThese), (served) => served.modelId);
  return rows.map(({ id, name, description, ownerName, updatedAt }) => {
    const latest = newestOf.get(id);
    return {
      id,
      name,
      description,
      ownerName,
      updatedAt,
      versionCount: countOf.get(id) ?? 0,
      latestVersion: latest
        ? { version: latest.version, inspection: latest.inspection, createdAt: latest.createdAt }
        : null,
      aliases: aliasesOf.get(id) ?? [],
      endpoints: (servedOf.get(id) ?? []).map(({ endpointId, endpointName, version }) => ({
        id: endpointId,
        name: endpointName,
        version,
      })),
    };
  });
}
