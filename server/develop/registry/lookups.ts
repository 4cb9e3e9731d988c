import { and, eq } from "drizzle-orm";
import { modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { VersionKey } from "./versions/contract.ts";

const maxVersion = 2 ** 31 - 1;

/** Returns the row of a registered model of this workspace. @throws DomainError "not-found" */
export async function findModel(ctx: Context, name: string): Promise<typeof registeredModels.$inferSelect> {
  const [row] = await ctx.db
    .select()
    .from(registeredModels)
    .where(and(eq(registeredModels.workspaceId, ctx.actor.workspaceId), eq(registeredModels.name, name)));
  if (!row) throw noModel(name);
  return row;
}

/** Returns the row of a version of this workspace. @throws DomainError "not-found" */
export async function findVersion(ctx: Context, key: VersionKey): Promise<typeof modelVersions.$inferSelect> {
  if (key.version > maxVersion) throw noVersion(key);
  const [row] = await ctx.db
    .select({ version: modelVersions })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(
      and(
        eq(registeredModels.workspaceId, ctx.actor.workspaceId),
        eq(registeredModels.name, key.name),
        eq(modelVersions.version, key.version),
      ),
    );
  if (!row) throw noVersion(key);
  return row.version;
}

/** Returns the error for an unknown model name, in MLflow's words. */
export function noModel(name: string): DomainError {
  return new DomainError("not-found", `Registered Model with name=${name} not found`);
}

/** Returns the error for an unknown version, in MLflow's words. */
export function noVersion({ name, version }: VersionKey): DomainError {
  return new DomainError("not-found", `Model Version (name=${name}, version=${version}) not found`);
}

const aliasMessage = /^Registered model alias .* not found\.$/s;

/** Returns the error for an unknown alias of a model, in MLflow's words. */
export function noAlias(alias: string): DomainError {
  return new DomainError("not-found", `Registered model alias ${alias} not found.`);
}

/** Returns whether the error is about a missing alias, for which MLflow has its own error code. */
export function isNoAlias(error: unknown): boolean {
  return error instanceof DomainError && error.code === "not-found" && aliasMessage.test(error.message);
}
