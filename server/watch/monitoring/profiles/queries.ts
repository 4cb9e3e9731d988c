import { and, asc, eq } from "drizzle-orm";
import { referenceFeatures, referenceProfiles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { findVersion } from "#server/develop/registry/lookups.ts";
import { VersionKey } from "#server/develop/registry/versions/contract.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { FeatureProfile } from "../state/contract.ts";
import type { ProfileKey, ReferenceFeature, ReferenceProfile } from "./contract.ts";
import { findProfile, isReady, selectProfiles } from "./lookups.ts";

const maxListed = 50;

/** Returns the active reference of a version: the newest that is ready and not retired; null without one. */
export async function getProfile(ctx: Context, versionId: string): Promise<ReferenceProfile | null> {
  permit(ctx, "getProfile");
  return findActiveProfile(ctx, versionId);
}

/** Returns the active reference. The caller has checked permissions. */
export async function findActiveProfile(ctx: Context, versionId: string): Promise<ReferenceProfile | null> {
  const [profile] = await selectProfiles(ctx, and(isReady(ctx), eq(referenceProfiles.versionId, versionId)), 1);
  return profile ?? null;
}

/** Returns the active reference by the version's name and number. @throws DomainError "not-found" */
export async function getReference(ctx: Context, input: VersionKey): Promise<ReferenceProfile | null> {
  permit(ctx, "getReference");
  const version = await findVersion(ctx, VersionKey.parse(input));
  return findActiveProfile(ctx, version.id);
}

/**
 * Lists references of a version, newest first, at most 50, including those in progress, failed and retired. @throws DomainError
 * "not-found"
 */
export async function listProfiles(ctx: Context, input: VersionKey): Promise<ReferenceProfile[]> {
  permit(ctx, "listProfiles");
  const version = await findVersion(ctx, VersionKey.parse(input));
  const isOurs = and(
    eq(referenceProfiles.workspaceId, ctx.actor.workspaceId),
    eq(referenceProfiles.versionId, version.id),
  );
  return selectProfiles(ctx, isOurs, maxListed);
}

/** Lists the features of one reference in their order; none until it is ready. @throws DomainError "not-found" */
export async function listReferenceFeatures(ctx: Context, key: ProfileKey): Promise<ReferenceFeature[]> {
  permit(ctx, "listReferenceFeatures");
  const profile = await findProfile(ctx, key);
  const rows = await ctx.db
    .select({ name: referenceFeatures.name, role: referenceFeatures.role, profile: referenceFeatures.profile })
    .from(referenceFeatures)
    .where(and(eq(referenceFeatures.workspaceId, ctx.actor.workspaceId), eq(referenceFeatures.profileId, profile.id)))
    .orderBy(asc(referenceFeatures.ordinal));
  return rows.map(({ name, role, profile: counted }) => ({
    name,
    role,
    importance: profile.importances?.[name] ?? null,
    profile: FeatureProfile.parse(counted),
  }));
}
