import { and, asc, eq, inArray } from "drizzle-orm";
import { modelVersions, securityPolicies, trustedKeys, versionScans, versionSignatures } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import {
  defaultPolicy,
  ScanReport,
  type SecurityPolicyInForce,
  type SignatureState,
  type TrustedKey,
  type VersionScan,
} from "./contract.ts";
import { signatureStateOf, unsigned } from "./signature-state.ts";

/** Scan and signature of a version. */
export interface KnownSecurity {
  scan: VersionScan | null;
  signature: SignatureState;
}

/** Security state of a deleted version. */
export const notKnown: KnownSecurity = { scan: null, signature: unsigned };

/** Returns scan and signature of versions of this workspace, by version id. */
export async function loadSecurity(ctx: Context, versionIds: string[]): Promise<Map<string, KnownSecurity>> {
  if (versionIds.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: modelVersions.id, sha256: modelVersions.sha256, scan: versionScans, signature: versionSignatures })
    .from(modelVersions)
    .leftJoin(versionScans, eq(versionScans.versionId, modelVersions.id))
    .leftJoin(versionSignatures, eq(versionSignatures.versionId, modelVersions.id))
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), inArray(modelVersions.id, versionIds)));
  const keys = rows.some(({ signature }) => signature) ? await loadTrustedKeys(ctx) : [];
  return new Map(
    rows.map(({ id, sha256, scan, signature }) => {
      const stored = signature && {
        signature: signature.signature,
        addedBy: signature.addedBy,
        addedAt: signature.addedAt,
      };
      return [id, { scan: scan && toScan(scan), signature: signatureStateOf(stored ?? undefined, sha256, keys) }];
    }),
  );
}

function toScan({ verdict, report, requestedAt, scannedAt }: typeof versionScans.$inferSelect): VersionScan {
  return { verdict, report: report === null ? null : ScanReport.parse(report), requestedAt, scannedAt };
}

/** Keys of this workspace, revoked ones too, by name. */
export async function loadTrustedKeys(ctx: Context): Promise<TrustedKey[]> {
  const rows = await ctx.db
    .select()
    .from(trustedKeys)
    .where(eq(trustedKeys.workspaceId, ctx.actor.workspaceId))
    .orderBy(asc(trustedKeys.name), asc(trustedKeys.addedAt));
  return rows.map(({ workspaceId, ...key }) => key);
}

/** Returns the security policy of this workspace, or the defaults. */
export async function loadSecurityPolicy(ctx: Context): Promise<SecurityPolicyInForce> {
  const [row] = await ctx.db
    .select()
    .from(securityPolicies)
    .where(eq(securityPolicies.workspaceId, ctx.actor.workspaceId));
  if (!row) return { ...defaultPolicy, changedBy: null, changedAt: null };
  const { unsigned, dangerous, changedBy, changedAt } = row;
  return { unsigned, dangerous, changedBy, changedAt };
}
