import { and, eq, notInArray } from "drizzle-orm";
import { channels, receivers } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Receiver, UpdateReceiver } from "../contract.ts";
import { addChannels, shownChannels } from "./channel-rows.ts";
import { encryptChannelSecrets } from "./channel-secrets.ts";
import { type Checked, checkChannel, secretMayStay } from "./check-channel.ts";
import { findReceiver } from "./queries.ts";

type Change = Checked & { id: string | undefined; isEnabled: boolean };

/**
 * Replaces the channels of a receiver. Pending notifications for a removed or disabled channel are cancelled when they are due.
 * @throws DomainError "not-found"; "invalid" for an invalid channel, with its field
 */
export async function updateReceiver(ctx: Context, input: UpdateReceiver, rules: NetworkRules): Promise<Receiver> {
  permit(ctx, "updateReceiver");
  const { receiverId, channels: inputs } = UpdateReceiver.parse(input);
  const before = await findReceiver(ctx, receiverId);
  const changes = await Promise.all(
    inputs.map(async ({ id, isEnabled, ...channelInput }, index): Promise<Change> => {
      const field = `channels.${index}`;
      const known = id === undefined ? undefined : before.channels.find((channel) => channel.id === id)?.settings;
      if (id !== undefined && !known) {
        throw new DomainError("invalid", "This channel does not belong to the receiver. Reload the page.", { field });
      }
      return { ...(await checkChannel(channelInput, { rules, field, known })), id, isEnabled };
    }),
  );
  return transact(ctx, async (ctx) => {
    const kept = changes.flatMap(({ id }) => id ?? []);
    const inReceiver = eq(channels.receiverId, receiverId);
    await ctx.db.delete(channels).where(kept.length > 0 ? and(inReceiver, notInArray(channels.id, kept)) : inReceiver);
    for (const change of changes) await changeChannel(ctx, before, change);
    await addChannels(
      ctx,
      receiverId,
      changes.filter(({ id }) => id === undefined),
    );
    await ctx.db.update(receivers).set({ updatedAt: new Date() }).where(eq(receivers.id, receiverId));
    const after = await findReceiver(ctx, receiverId);
    const [old, now] = [shownChannels(before), shownChannels(after)];
    const secrets = changes.flatMap(({ id, secret, callbackSecret }) =>
      id !== undefined && (secret !== undefined || callbackSecret) ? [id] : [],
    );
    await record(ctx, "receiver.updated", {
      subject: `receiver/${after.name}`,
      before: old,
      after: { ...now, ...(secrets.length > 0 && { secretsChanged: secrets }) },
    });
    await publish(ctx, "notification", receiverId);
    return after;
  });
}

async function changeChannel(
  ctx: Context,
  before: Receiver,
  { id, settings, secret, callbackSecret, isEnabled }: Change,
): Promise<void> {
  const known = before.channels.find((channel) => channel.id === id);
  if (!known) return;
  // A secret of another kind must not stay.
  const newSecret = secret === undefined && !secretMayStay(known.settings, settings) ? null : secret;
  const newCallbackSecret =
    callbackSecret === undefined && known.settings.kind !== settings.kind ? null : callbackSecret;
  const stored = await encryptChannelSecrets(ctx.db, known.id, {
    secret: newSecret,
    callbackSecret: newCallbackSecret,
  });
  await ctx.db
    .update(channels)
    .set({
      kind: settings.kind,
      settings,
      disabledAt: isEnabled ? null : (known.disabledAt ?? new Date()),
      ...(stored.secret !== undefined && { secret: stored.secret }),
      ...(stored.callbackSecret !== undefined && { callbackSecret: stored.callbackSecret, callbackRejectedAt: null }),
    })
    .where(and(eq(channels.id, known.id), eq(channels.workspaceId, ctx.actor.workspaceId)));
}
