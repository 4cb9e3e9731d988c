import type { Database } from "#db/client.ts";
import { log } from "#server/base/log.ts";
import { reencrypt } from "./reencrypt.ts";

/**
 * Encrypts what a version before encryption stored readable. The worker does it at its start, after the migration. An interrupted round is
 * completed by the next start, and two workers do not disturb each other.
 */
export async function encryptReadable(db: Database): Promise<void> {
  const { count, failed } = await reencrypt(db);
  if (count > 0) log.info("secrets.encrypted", { count });
  for (const { column, row } of failed) log.error("secrets.decryption_failed", { column, row });
}
