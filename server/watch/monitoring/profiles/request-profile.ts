import { and, eq, inArray } from "drizzle-orm";
import { modelVersions, referenceProfiles } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findVersion } from "#server/develop/registry/lookups.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { checkSource } from "./check-source.ts";
import { type ReferenceProfile, RequestProfile } from "./contract.ts";
import { findProfile } from "./lookups.ts";
import { versionSides } from "./version-sides.ts";

/**
 * Requests a reference of a version; a job builds it, then it replaces the active one.
 * @throws DomainError "not-found" for the version or the source; "invalid" with what the source lacks; "conflict" while another one of
 * this version is in progress, or the version's inputs are unknown.
 */
export async function requestProfile(ctx: Context, input: RequestProfile): Promise<ReferenceProfile> {
  permit(ctx, "requestProfile");
  const { name, version: number, source, reason } = RequestProfile.parse(input);
  return transact(ctx, async (ctx) => {
    const version = await findVersion(ctx, { name, version: number });
    const rowsExpected = await checkSource(ctx, versionSides(version), source);
    const profileId = await addProfile(ctx, { versionId: version.id, source, rowsExpected, reason });
    if (!profileId) {
      throw new DomainError(
        "conflict",
        "A reference for this version is already being created. Wait until it is finished.",
      );
    }
    await record(ctx, "reference.requested", {
      subject: `version/${name}/${number}`,
      after: { profileId, source },
      reason,
    });
    await publish(ctx, "model", version.modelId);
    return findProfile(ctx, { name, version: number, profileId });
  });
}

type NewProfile = Pick<typeof referenceProfiles.$inferInsert, "versionId" | "source" | "rowsExpected" | "reason">;

/**
 * Stores a request for a reference and its job in the caller's transaction. @returns undefined while a reference of the version is being
 * built
 */
export async function addProfile(ctx: Context, profile: NewProfile): Promise<string | undefined> {
  const { workspaceId, name: createdBy } = ctx.actor;
  // Concurrent requests wait for each other here, and the second finds the first one's profile.
  await ctx.db
    .select({ id: modelVersions.id })
    .from(modelVersions)
    .where(eq(modelVersions.id, profile.versionId))
    .for("no key update");
  const isUnderWay = and(
    eq(referenceProfiles.workspaceId, workspaceId),
    eq(referenceProfiles.versionId, profile.versionId),
    inArray(referenceProfiles.state, ["waiting", "running"]),
  );
  const [other] = await ctx.db.select({ id: referenceProfiles.id }).from(referenceProfiles).where(isUnderWay).limit(1);
  if (other) return undefined;
  const [row] = await ctx.db
    .insert(referenceProfiles)
    .values({ ...profile, workspaceId, createdBy })
    .returning({ id: referenceProfiles.id });
  if (!row) throw new Error("The reference was not stored.");
  await enqueue(ctx, "build-profile", { profileId: row.id });
  return row.id;
}
