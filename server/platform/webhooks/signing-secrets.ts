import type { Database } from "#db/client.ts";
import type { StoredSecret } from "#db/schema/stored-secret.ts";
import { decryptSecret } from "../secrets/decrypt-secret.ts";

interface SignedWebhook {
  id: string;
  secret: StoredSecret | null;
  previousSecret: StoredSecret | null;
  previousSecretUntil: Date | null;
}

/** Returns the active signing secrets: the current one, and for a day after a change the previous one. */
export async function signingSecrets(db: Database, webhook: SignedWebhook, now: Date): Promise<string[]> {
  const { id, secret, previousSecret, previousSecretUntil } = webhook;
  const secrets: string[] = [];
  if (secret !== null) secrets.push(await decryptSecret(db, "webhooks.secret", id, secret));
  if (previousSecret !== null && previousSecretUntil && previousSecretUntil > now) {
    secrets.push(await decryptSecret(db, "webhooks.previous_secret", id, previousSecret));
  }
  return secrets;
}
