import { and, desc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { modelAliases, modelVersions, modelVersionTags, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { among } from "../among.ts";
import { findVersion, noVersion } from "../lookups.ts";
import { type ModelVersion, type Stage, stages, type VersionKey } from "./contract.ts";

/** Returns one version by name and number. @throws DomainError "not-found" */
export async function loadVersion(ctx: Context, key: VersionKey): Promise<ModelVersion> {
  const { id } = await findVersion(ctx, key);
  const [version] = await selectVersions(ctx, { where: eq(modelVersions.id, id), orderBy: [], limit: 1 });
  if (!version) throw noVersion(key);
  return version;
}

/**
 * Selects versions with their tags and aliases, in the requested order and number.
 * @param page.where must include the workspace; columns of model_versions and registered_models may be used.
 */
export async function selectVersions(
  ctx: Context,
  page: { where: SQL | undefined; orderBy: SQL[]; limit: number },
): Promise<ModelVersion[]> {
  const rows = await ctx.db
    .select({ version: modelVersions, modelName: registeredModels.name })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(page.where)
    .orderBy(...page.orderBy)
    .limit(page.limit);
  const ids = rows.map(({ version }) => version.id);
  if (ids.length === 0) return [];
  const tags = await ctx.db.select().from(modelVersionTags).where(among(modelVersionTags.versionId, ids));
  const aliases = await ctx.db.select().from(modelAliases).where(among(modelAliases.versionId, ids));
  const tagsOf = Map.groupBy(tags, (tag) => tag.versionId);
  const aliasesOf = Map.groupBy(aliases, (alias) => alias.versionId);
  return rows.map(({ version, modelName }) => {
    const { workspaceId, artifactKey, inspectedAt, pipeline, stage, signature, graph, packages, ...rest } = version;
    return {
      ...rest,
      modelName,
      stage: stage as Stage,
      signature,
      graph,
      packages: packages as string[] | null,
      tags: (tagsOf.get(rest.id) ?? [])
        .map(({ key, value }) => ({ key, value }))
        .sort((a, b) => (a.key < b.key ? -1 : 1)),
      aliases: (aliasesOf.get(rest.id) ?? []).map(({ alias }) => alias).sort(),
    };
  });
}

/** Returns the highest version of each stage of each model, in the order of the stages' names. */
export async function selectLatestVersions(ctx: Context, modelIds: string[]): Promise<ModelVersion[]> {
  const newest = ctx.db
    .selectDistinctOn([modelVersions.modelId, modelVersions.stage], { id: modelVersions.id })
    .from(modelVersions)
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), among(modelVersions.modelId, modelIds)))
    .orderBy(modelVersions.modelId, modelVersions.stage, desc(modelVersions.version));
  return selectVersions(ctx, {
    where: inArray(modelVersions.id, newest),
    orderBy: [sql`${modelVersions.stage} collate "C"`],
    limit: modelIds.length * stages.length,
  });
}
