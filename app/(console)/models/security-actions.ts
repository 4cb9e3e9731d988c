"use server";

import { act } from "#app/_lib/action.ts";
import type { VersionKey } from "#server/registry/contract.ts";
import { requestScan } from "#server/registry/security/request-scan.ts";

export async function scanAgainAction(key: VersionKey) {
  return act(async (ctx) => requestScan(ctx, key));
}
