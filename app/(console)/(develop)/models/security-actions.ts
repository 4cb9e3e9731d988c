"use server";

import { act } from "#app/_lib/action.ts";
import { removeSignature } from "#server/develop/registry/security/remove-signature.ts";
import { requestScan } from "#server/develop/registry/security/request-scan.ts";
import { signVersion } from "#server/develop/registry/security/sign-version.ts";
import type { VersionKey } from "#server/develop/registry/versions/contract.ts";

export async function scanAgainAction(key: VersionKey) {
  return act(async (ctx) => requestScan(ctx, key));
}

export async function signVersionAction(key: VersionKey, signature: string) {
  return act(async (ctx) => signVersion(ctx, { ...key, signature }));
}

export async function removeSignatureAction(key: VersionKey, reason: string) {
  return act(async (ctx) => removeSignature(ctx, { ...key, reason }));
}
