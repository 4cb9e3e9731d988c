import { adviseReference } from "#server/watch/monitoring/profiles/advise-reference.ts";
import { buildProfile } from "#server/watch/monitoring/profiles/build-profile.ts";
import { findReference } from "#server/watch/monitoring/profiles/find-reference.ts";
import { markReferenceFailed } from "#server/watch/monitoring/profiles/mark-reference-failed.ts";
import {
  getProfile,
  getReference,
  listProfiles,
  listReferenceFeatures,
} from "#server/watch/monitoring/profiles/queries.ts";
import { requestProfile } from "#server/watch/monitoring/profiles/request-profile.ts";
import { retireProfile } from "#server/watch/monitoring/profiles/retire-profile.ts";
import type { Calls } from "./call.ts";
import type { Fixture } from "./fixture.ts";

const keyOf = ({ model, version }: Fixture) => ({ name: model, version });
const leaseVersion = async () => {
  throw new Error("There are no rows to run.");
};

/** References of versions. */
export const profilesCalls = {
  getProfile: (ctx, { versionId }) => getProfile(ctx, versionId),
  getReference: (ctx, fixture) => getReference(ctx, keyOf(fixture)),
  listProfiles: (ctx, fixture) => listProfiles(ctx, keyOf(fixture)),
  listReferenceFeatures: (ctx, fixture) =>
    listReferenceFeatures(ctx, { ...keyOf(fixture), profileId: fixture.profileId }),
  adviseReference: (ctx, fixture) => adviseReference(ctx, keyOf(fixture)),
  findReference: (ctx, { versionId }) => findReference(ctx, versionId),
  requestProfile: (ctx, fixture) => {
    const source = { kind: "traffic" as const, endpointId: fixture.endpointId, from: new Date(0), to: new Date() };
    return requestProfile(ctx, { ...keyOf(fixture), source });
  },
  retireProfile: (ctx, fixture) => retireProfile(ctx, { ...keyOf(fixture), profileId: fixture.profileId, reason: "x" }),
  buildProfile: (ctx, { waitingProfileId, store }) =>
    buildProfile(ctx, waitingProfileId, { artifacts: store, models: { leaseVersion } }),
  markReferenceFailed: (ctx, { waitingProfileId: profileId }) => markReferenceFailed(ctx, { profileId, reason: "x" }),
} as const satisfies Calls;
