"use server";

import { act } from "#app/_lib/action.ts";
import type { VersionKey } from "#server/develop/registry/versions/contract.ts";
import type { ProfileKey, RequestProfile } from "#server/watch/monitoring/profiles/contract.ts";
import { requestProfile } from "#server/watch/monitoring/profiles/request-profile.ts";
import { retireProfile } from "#server/watch/monitoring/profiles/retire-profile.ts";

export async function makeReferenceAction(key: VersionKey, input: Pick<RequestProfile, "source" | "reason">) {
  return act(async (ctx) => requestProfile(ctx, { ...key, ...input }));
}

export async function retireReferenceAction(key: ProfileKey, reason: string) {
  return act(async (ctx) => retireProfile(ctx, { ...key, reason }));
}
