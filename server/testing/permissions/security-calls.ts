import { addTrustedKey } from "#server/develop/registry/security/add-trusted-key.ts";
import { markScanFailed } from "#server/develop/registry/security/mark-scan-failed.ts";
import {
  getSecurityPolicy,
  getVersionSecurity,
  listSecuritySummaries,
  listTrustedKeys,
} from "#server/develop/registry/security/queries.ts";
import { removeSignature } from "#server/develop/registry/security/remove-signature.ts";
import { requestScan } from "#server/develop/registry/security/request-scan.ts";
import { revokeTrustedKey } from "#server/develop/registry/security/revoke-trusted-key.ts";
import { scanVersion } from "#server/develop/registry/security/scan-version.ts";
import { setSecurityPolicy } from "#server/develop/registry/security/set-security-policy.ts";
import { signVersion } from "#server/develop/registry/security/sign-version.ts";
import type { Calls } from "./call.ts";
import type { Fixture } from "./fixture.ts";

const keyOf = ({ model, version }: Fixture) => ({ name: model, version });
const reason = "x";

/** Scans, signatures, trusted keys and the security policy. */
export const securityCalls = {
  getVersionSecurity: (ctx, fixture) => getVersionSecurity(ctx, keyOf(fixture)),
  listSecuritySummaries: (ctx, { versionId }) => listSecuritySummaries(ctx, [versionId]),
  requestScan: (ctx, fixture) => requestScan(ctx, keyOf(fixture)),
  scanVersion: (ctx, { versionId, store }) => scanVersion(ctx, versionId, store),
  markScanFailed: (ctx, { versionId }) => markScanFailed(ctx, { versionId, reason }),
  signVersion: (ctx, fixture) =>
    signVersion(ctx, { ...keyOf(fixture), signature: Buffer.alloc(64, 1).toString("base64") }),
  removeSignature: (ctx, fixture) => removeSignature(ctx, { ...keyOf(fixture), reason }),
  listTrustedKeys: (ctx) => listTrustedKeys(ctx),
  addTrustedKey: (ctx) =>
    addTrustedKey(ctx, { name: "another key", publicKey: Buffer.alloc(32, 7).toString("base64") }),
  revokeTrustedKey: (ctx, { trustedKeyId }) => revokeTrustedKey(ctx, { keyId: trustedKeyId, reason }),
  getSecurityPolicy: (ctx) => getSecurityPolicy(ctx),
  setSecurityPolicy: (ctx) => setSecurityPolicy(ctx, { unsigned: "warn", dangerous: "forbid", reason }),
} as const satisfies Calls;
