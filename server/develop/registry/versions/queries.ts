import { and, desc, eq, inArray, lt } from "drizzle-orm";
import { modelAliases, modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { AliasKey } from "../aliases/contract.ts";
import { findModel, noAlias } from "../lookups.ts";
import { type ListVersions, type ModelVersion, Stage, VersionKey } from "./contract.ts";
import { loadVersion, selectLatestVersions, selectVersions } from "./rows.ts";

/** Returns one version by name and number. @throws DomainError "not-found" */
export async function getVersion(ctx: Context, input: VersionKey): Promise<ModelVersion> {
  permit(ctx, "getVersion");
  return loadVersion(ctx, VersionKey.parse(input));
}

/**
 * Returns the version that an alias points to; "latest", in any case, is the one with the highest number.
 * @throws DomainError "not-found" with a message that says whether the model or the alias does not exist.
 */
export async function getVersionByAlias(ctx: Context, input: AliasKey): Promise<ModelVersion> {
  permit(ctx, "getVersionByAlias");
  const { name, alias } = AliasKey.parse(input);
  const model = await findModel(ctx, name);
  const isLatest = alias.toLowerCase() === "latest";
  const pointed = ctx.db
    .select({ id: modelAliases.versionId })
    .from(modelAliases)
    .where(and(eq(modelAliases.modelId, model.id), eq(modelAliases.alias, alias)));
  const [version] = await selectVersions(ctx, {
    where: and(eq(modelVersions.modelId, model.id), isLatest ? undefined : inArray(modelVersions.id, pointed)),
    orderBy: [desc(modelVersions.version)],
    limit: 1,
  });
  if (version) return version;
  throw isLatest ? new DomainError("not-found", `Latest version not found for model ${name}.`) : noAlias(alias);
}

/** Lists versions of a model, newest first, below the number `before`. @throws DomainError "not-found" */
export async function listVersions(ctx: Context, input: ListVersions): Promise<ModelVersion[]> {
  permit(ctx, "listVersions");
  const model = await findModel(ctx, input.name);
  const isBefore = input.before === undefined ? undefined : lt(modelVersions.version, input.before);
  return selectVersions(ctx, {
    where: and(eq(modelVersions.modelId, model.id), isBefore),
    orderBy: [desc(modelVersions.version)],
    limit: Math.min(input.limit ?? 100, 500),
  });
}

/** Returns the highest version per requested stage, by stage name; of all stages if none is requested. @throws DomainError "not-found" */
export async function getLatestVersions(
  ctx: Context,
  input: { name: string; stages: Stage[] },
): Promise<ModelVersion[]> {
  permit(ctx, "getLatestVersions");
  const stages = Stage.array().parse(input.stages);
  const model = await findModel(ctx, input.name);
  const latest = await selectLatestVersions(ctx, [model.id]);
  return latest.filter((version) => stages.length === 0 || stages.includes(version.stage));
}
