import { channels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Receiver } from "../contract.ts";
import type { Checked } from "./check-channel.ts";

/** Adds channels to a receiver, in the caller's transaction. Each is a millisecond older than the next: they keep their order. */
export async function addChannels(
  ctx: Context,
  receiverId: string,
  added: readonly (Checked & { isEnabled: boolean })[],
): Promise<void> {
  if (added.length === 0) return;
  const { workspaceId } = ctx.actor;
  const now = Date.now();
  const rows = added.map(({ settings, secret = null, callbackSecret = null, isEnabled }, index) => ({
    workspaceId,
    receiverId,
    kind: settings.kind,
    settings,
    secret,
    callbackSecret,
    createdAt: new Date(now + index),
    disabledAt: isEnabled ? null : new Date(now),
  }));
  await ctx.db.insert(channels).values(rows);
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
