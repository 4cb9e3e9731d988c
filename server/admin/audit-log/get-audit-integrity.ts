import type { Context } from "#server/base/context.ts";
import { lastSeal, oldestUnsealed } from "#server/platform/audit/seals/sealed-entries.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { readSystemValue } from "#server/platform/system-values.ts";
import { type AuditIntegrity, AuditVerification } from "./contract.ts";
import { verificationKey } from "./verify-audit-log.ts";

/** Returns the newest seal of the audit log, and what the last verification found. The log is sealed for all workspaces together. */
export async function getAuditIntegrity(ctx: Context): Promise<AuditIntegrity> {
  permit(ctx, "getAuditIntegrity");
  const [seal, unsealedSince, verification] = await Promise.all([
    lastSeal(ctx.db),
    oldestUnsealed(ctx.db),
    readSystemValue(ctx.db, verificationKey, AuditVerification),
  ]);
  return { seal: seal ?? null, unsealedSince: unsealedSince ?? null, verification: verification ?? null };
}
