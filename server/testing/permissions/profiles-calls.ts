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
import type { Scene } from "./scene.ts";

const keyOf = ({ model, version }: Scene) => ({ name: model, version });
const leaseVersion = async () => {
  throw new Error("There are no rows to run.");
};

/** References of versions. */
export const profilesCalls = {
  getProfile: (ctx, { versionId }) => getProfile(ctx, versionId),
  getReference: (ctx, scene) => getReference(ctx, keyOf(scene)),
  listProfiles: (ctx, scene) => listProfiles(ctx, keyOf(scene)),
  listReferenceFeatures: (ctx, scene) => listReferenceFeatures(ctx, { ...keyOf(scene), profileId: scene.profileId }),
  adviseReference: (ctx, scene) => adviseReference(ctx, keyOf(scene)),
  findReference: (ctx, { versionId }) => findReference(ctx, versionId),
  requestProfile: (ctx, scene) => {
    const source = { kind: "traffic" as const, endpointId: scene.endpointId, from: new Date(0), to: new Date() };
    return requestProfile(ctx, { ...keyOf(scene), source });
  },
  retireProfile: (ctx, scene) => retireProfile(ctx, { ...keyOf(scene), profileId: scene.profileId, reason: "x" }),
  buildProfile: (ctx, { waitingProfileId, store }) =>
    buildProfile(ctx, waitingProfileId, { artifacts: store, models: { leaseVersion } }),
  markReferenceFailed: (ctx, { waitingProfileId: profileId }) => markReferenceFailed(ctx, { profileId, reason: "x" }),
} as const satisfies Calls;
