import { and, eq, isNull } from "drizzle-orm";
import { referenceProfiles } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findVersion } from "#server/develop/registry/lookups.ts";
import { record } from "#server/platform/audit/record.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type ReferenceProfile, RetireProfile } from "./contract.ts";
import { findProfile } from "./lookups.ts";
import { recordReference } from "./record-reference.ts";

/**
 * Retires a reference; the newest other one that is ready becomes active. Results evaluated with it stay.
 * @throws DomainError "not-found"; "conflict" when it is not ready or retired already.
 */
export async function retireProfile(ctx: Context, input: RetireProfile): Promise<ReferenceProfile> {
  permit(ctx, "retireProfile");
  const { reason, ...key } = RetireProfile.parse(input);
  return transact(ctx, async (ctx) => {
    const { id } = await findProfile(ctx, key);
    const isInForce = and(
      eq(referenceProfiles.id, id),
      eq(referenceProfiles.workspaceId, ctx.actor.workspaceId),
      eq(referenceProfiles.state, "ready"),
      isNull(referenceProfiles.retiredAt),
    );
    const [retired] = await ctx.db
      .update(referenceProfiles)
      .set({ retiredAt: new Date() })
      .where(isInForce)
      .returning({ versionId: referenceProfiles.versionId });
    if (!retired) throw new DomainError("conflict", "Only a finished reference can be retired, and only once.");
    await record(ctx, "reference.retired", {
      subject: `version/${key.name}/${key.version}`,
      after: { profileId: id },
      reason,
    });
    const version = await findVersion(ctx, key);
    await recordReference(ctx, { versionId: version.id, modelId: version.modelId });
    return findProfile(ctx, key);
  });
}
