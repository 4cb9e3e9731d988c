import { eq, type SQL } from "drizzle-orm";
import { modelAliases, modelVersions, registeredModels, registeredModelTags } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Alias } from "../aliases/contract.ts";
import { among } from "../among.ts";
import { findModel, noModel } from "../lookups.ts";
import { selectLatestVersions } from "../versions/rows.ts";
import type { RegisteredModel } from "./contract.ts";

/** Returns one model by name. @throws DomainError "not-found" */
export async function loadModel(ctx: Context, name: string): Promise<RegisteredModel> {
  const { id } = await findModel(ctx, name);
  const [model] = await selectModels(ctx, { where: eq(registeredModels.id, id), orderBy: [], limit: 1 });
  if (!model) throw noModel(name);
  return model;
}

/**
 * Selects registered models with tags, aliases and the newest version of each stage, in the requested order and number.
 * @param page.where must include the workspace.
 */
export async function selectModels(
  ctx: Context,
  page: { where: SQL | undefined; orderBy: SQL[]; limit: number },
): Promise<RegisteredModel[]> {
  const rows = await ctx.db
    .select()
    .from(registeredModels)
    .where(page.where)
    .orderBy(...page.orderBy)
    .limit(page.limit);
  const ids = rows.map((row) => row.id);
  if (ids.length === 0) return [];
  const tags = await ctx.db.select().from(registeredModelTags).where(among(registeredModelTags.modelId, ids));
  const tagsOf = Map.groupBy(tags, (tag) => tag.modelId);
  const aliasesOf = await selectAliases(ctx, ids);
  const latestOf = Map.groupBy(await selectLatestVersions(ctx, ids), (version) => version.modelId);
  return rows.map(({ workspaceId, lastVersion, ...row }) => ({
    ...row,
    tags: (tagsOf.get(row.id) ?? []).map(({ key, value }) => ({ key, value })).sort((a, b) => (a.key < b.key ? -1 : 1)),
    aliases: aliasesOf.get(row.id) ?? [],
    latestVersions: latestOf.get(row.id) ?? [],
  }));
}

/** Aliases by model, in the order of their bytes. */
export async function selectAliases(ctx: Context, modelIds: string[]): Promise<Map<string, Alias[]>> {
  const rows = await ctx.db
    .select({ modelId: modelAliases.modelId, alias: modelAliases.alias, version: modelVersions.version })
    .from(modelAliases)
    .innerJoin(modelVersions, eq(modelVersions.id, modelAliases.versionId))
    .where(among(modelAliases.modelId, modelIds));
  rows.sort((a, b) => (a.alias < b.alias ? -1 : 1));
  const byModel = Map.groupBy(rows, (row) => row.modelId);
  return new Map([...byModel].map(([id, list]) => [id, list.map(({ alias, version }) => ({ alias, version }))]));
}
