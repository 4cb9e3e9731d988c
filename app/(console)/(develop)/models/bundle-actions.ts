"use server";

import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import type { VersionKey } from "#server/develop/registry/versions/contract.ts";

export async function readBundleAction(key: VersionKey) {
  return act((ctx) => runtime().bundles.get(ctx, key));
}
