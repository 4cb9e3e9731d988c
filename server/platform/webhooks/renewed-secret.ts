import type { Database } from "#db/client.ts";
import type { StoredSecret } from "#db/schema/stored-secret.ts";
import { dayMs } from "#server/base/durations.ts";
import { decryptSecret } from "../secrets/decrypt-secret.ts";
import { encryptSecret } from "../secrets/encrypt-secret.ts";

/** Returns the columns of a webhook whose signing secret changes: the one before signs as well for a day. */
export async function renewedSecret(
  db: Database,
  before: { id: string; secret: StoredSecret | null },
  secret: string,
  now: Date,
) {
  return {
    secret: await encryptSecret(db, "webhooks.secret", before.id, secret),
    previousSecret: before.secret && (await asPrevious(db, before.id, before.secret)),
    previousSecretUntil: new Date(now.getTime() + dayMs),
  };
}

/** Encrypts the current secret again for the column of the previous one. */
async function asPrevious(db: Database, webhookId: string, stored: StoredSecret): Promise<StoredSecret> {
  const secret = await decryptSecret(db, "webhooks.secret", webhookId, stored);
  return encryptSecret(db, "webhooks.previous_secret", webhookId, secret);
}
