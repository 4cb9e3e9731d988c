import { referenceFeatures, referenceProfiles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { buildFeatureProfile } from "#server/watch/monitoring/profiles/build/build-feature-profile.ts";
import type { ProfileSource } from "#server/watch/monitoring/profiles/contract.ts";
import { requestProfile } from "#server/watch/monitoring/profiles/request-profile.ts";

interface Served {
  model: string;
  version: number;
  versionId: string;
  endpointId: string;
}

/** Creates a reference of a version as the worker leaves it, and one that is still queued. */
export async function refer(ctx: Context, { model, version, versionId, endpointId }: Served, secret: string) {
  const { workspaceId, name: createdBy } = ctx.actor;
  const source: ProfileSource = { kind: "traffic", endpointId, from: new Date(0), to: new Date() };
  const [ready] = await ctx.db
    .insert(referenceProfiles)
    .values({ workspaceId, versionId, source, state: "ready", rows: 2, reason: secret, createdBy })
    .returning({ id: referenceProfiles.id });
  const profileId = ready?.id ?? "";
  const profile = buildFeatureProfile("categorical", [secret, "other"]);
  await ctx.db
    .insert(referenceFeatures)
    .values({ workspaceId, profileId, ordinal: 0, name: "x", role: "input", profile });
  const waiting = await requestProfile(ctx, { name: model, version, source, reason: secret });
  return { profileId, waitingProfileId: waiting.id };
}
