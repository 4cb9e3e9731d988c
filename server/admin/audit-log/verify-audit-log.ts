import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { verifySeals } from "#server/platform/audit/seals/verify-seals.ts";
import { writeSystemValue } from "#server/platform/system-values.ts";
import type { AuditVerification } from "./contract.ts";

/** Key of the system value that holds the last verification. */
export const verificationKey = "audit-verification";

/**
 * Job: verifies the audit log daily, and logs its newest hash, so that a log collector holds a copy outside the database.
 * @throws DomainError "conflict" with the first change that was found, for the page of recurring work
 */
export async function verifyAuditLog({ db }: Context): Promise<void> {
  const found = await verifySeals(db);
  const verification: AuditVerification = { at: new Date(await databaseNow(db)), ...found };
  await writeSystemValue(db, verificationKey, verification);
  const { problem, ...state } = found;
  if (problem === null) return log.info("audit.verified", state);
  log.error("audit.verification_failed", { problem, ...state });
  throw new DomainError("conflict", problem);
}
