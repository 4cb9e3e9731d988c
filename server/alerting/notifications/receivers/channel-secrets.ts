import type { Database } from "#db/client.ts";
import type { channels } from "#db/schema/index.ts";
import { decryptSecret } from "#server/platform/secrets/decrypt-secret.ts";
import { encryptSecret } from "#server/platform/secrets/encrypt-secret.ts";

type ChannelRow = typeof channels.$inferSelect;

/** Encrypts the secrets of a channel for its row; null and undefined remain. */
export async function encryptChannelSecrets(
  db: Database,
  channelId: string,
  { secret, callbackSecret }: { secret: string | null | undefined; callbackSecret: string | null | undefined },
) {
  return {
    secret: secret == null ? secret : await encryptSecret(db, "channels.secret", channelId, secret),
    callbackSecret:
      callbackSecret == null
        ? callbackSecret
        : await encryptSecret(db, "channels.callback_secret", channelId, callbackSecret),
  };
}

/** Returns a channel's URL, key or token for sending; null if it has none. */
export async function channelSecret(
  db: Database,
  { id, secret }: Pick<ChannelRow, "id" | "secret">,
): Promise<string | null> {
  return secret && decryptSecret(db, "channels.secret", id, secret);
}

/** Returns the secret that verifies a channel's callbacks; null if it takes none. */
export async function channelCallbackSecret(
  db: Database,
  { id, callbackSecret }: Pick<ChannelRow, "id" | "callbackSecret">,
): Promise<string | null> {
  return callbackSecret && decryptSecret(db, "channels.callback_secret", id, callbackSecret);
}
