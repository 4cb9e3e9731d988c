import { randomUUID } from "node:crypto";
import { channels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Receiver } from "../contract.ts";
import { encryptChannelSecrets } from "./channel-secrets.ts";
import type { Checked } from "./check-channel.ts";

/** Adds channels to a receiver, in the caller's transaction. Each is a millisecond older than the next: they keep their order. */
export async function addChannels(
  ctx: Context,
  receiverId: string,
  added: readonly (Checked & { isEnabled: boolean })[],
): Promise<void> {
  const { workspaceId } = ctx.actor;
  const now = Date.now();
  for (const [index, { settings, secret = null, callbackSecret = null, isEnabled }] of added.entries()) {
    const id = randomUUID();
    const secrets = await encryptChannelSecrets(ctx.db, id, { secret, callbackSecret });
    await ctx.db.insert(channels).values({
      id,
      workspaceId,
      receiverId,
      kind: settings.kind,
      settings,
      secret: secrets.secret,
      callbackSecret: secrets.callbackSecret,
      createdAt: new Date(now + index),
      disabledAt: isEnabled ? null : new Date(now),
    });
  }
}

/** Returns a receiver's fields for the audit log, without secrets. */
export function shownChannels({ channels }: Receiver) {
  return {
    channels: channels.map(({ settings, hasSecret, answers: callbacks, disabledAt }) => ({
      ...settings,
      hasSecret,
      ...(callbacks && { takesAnswers: callbacks.hasSecret }),
      isEnabled: disabledAt === null,
    })),
  };
}
