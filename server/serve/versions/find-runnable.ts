import { and, eq } from "drizzle-orm";
import { modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { type ServedModel, servedModel } from "./served-model.ts";

/**
 * Finds a version of this workspace with everything needed to run it.
 * @throws DomainError "not-found", "conflict" when it cannot be served
 */
export async function findRunnable(ctx: Context, versionId: string): Promise<ServedModel> {
  const [row] = await ctx.db
    .select({ version: modelVersions, modelName: registeredModels.name })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), eq(modelVersions.id, versionId)));
  if (!row) throw new DomainError("not-found", "Version not found. See Models for a list.");
  const { modelName, version } = row;
  const { artifactKey, signature, inspectionMessage } = version;
  if (!artifactKey || !signature) {
    const why = inspectionMessage ?? "it is still being checked";
    throw new DomainError("conflict", `${modelName} version ${version.version} cannot be run: ${why}.`);
  }
  return servedModel({ ...version, modelName });
}
