import { and, eq, inArray } from "drizzle-orm";
import { modelVersions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "../endpoints/lookups.ts";
import { Cascade, GetCascade, StoredCascade } from "./contract.ts";

/**
 * Returns the cascade of an endpoint; without further steps there is none. Steps whose version was deleted are omitted.
 * @throws DomainError "not-found"
 */
export async function getCascade(ctx: Context, input: GetCascade): Promise<Cascade> {
  permit(ctx, "getCascade");
  return readCascade(ctx, GetCascade.parse(input).endpointId);
}

/** Returns the cascade; the caller has checked permissions. @throws DomainError "not-found" */
export async function readCascade(ctx: Context, endpointId: string): Promise<Cascade> {
  const { next, ...first } = await readStored(ctx, endpointId);
  const versions = await namesOf(
    ctx,
    next.map(({ versionId }) => versionId),
  );
  const steps = next.flatMap(({ versionId, ...step }) => {
    const version = versions.get(versionId);
    return version ? [{ ...version, ...step }] : [];
  });
  return Cascade.parse({ ...first, next: steps });
}

/** Returns the cascade as stored. @throws DomainError "not-found" */
export async function readStored(ctx: Context, endpointId: string): Promise<StoredCascade> {
  return StoredCascade.parse((await findEndpointById(ctx, endpointId)).cascade);
}

/** Models and numbers of versions of this workspace, by id. */
export async function namesOf(ctx: Context, ids: string[]): Promise<Map<string, { model: string; version: number }>> {
  if (ids.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: modelVersions.id, model: registeredModels.name, version: modelVersions.version })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), inArray(modelVersions.id, ids)));
  return new Map(rows.map(({ id, ...name }) => [id, name]));
}
