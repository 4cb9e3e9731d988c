import { and, count, eq, isNotNull, isNull } from "drizzle-orm";
import { channels, receivers } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { NetworkRules } from "#server/platform/network/network-rules.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { CreateReceiver, type Receiver } from "../contract.ts";
import { addChannels, shownChannels } from "./channel-rows.ts";
import { checkChannel } from "./check-channel.ts";
import { findReceiver } from "./queries.ts";

const maxPerWorkspace = 200;

/**
 * Creates a receiver, which routes refer to by name, with its channels. An archived receiver with this name is restored, without its former
 * channels.
 * @throws DomainError "invalid" for an invalid channel, with its field; "conflict" if the name is taken
 */
export async function createReceiver(ctx: Context, input: CreateReceiver, rules: NetworkRules): Promise<Receiver> {
  permit(ctx, "createReceiver");
  const { name, channels: inputs } = CreateReceiver.parse(input);
  const checked = await Promise.all(
    inputs.map(async ({ isEnabled, ...channelInput }, index) => ({
      ...(await checkChannel(channelInput, { rules, field: `channels.${index}` })),
      isEnabled,
    })),
  );
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    await refuseTooMany(ctx);
    const [row] = await ctx.db
      .insert(receivers)
      .values({ workspaceId, name })
      .onConflictDoUpdate({
        target: [receivers.workspaceId, receivers.name],
        set: { archivedAt: null, createdAt: new Date(), updatedAt: new Date() },
        setWhere: isNotNull(receivers.archivedAt),
      })
      .returning({ id: receivers.id });
    if (!row) throw new DomainError("conflict", `A receiver named ${name} already exists.`, { field: "name" });
    await ctx.db.delete(channels).where(eq(channels.receiverId, row.id));
    await addChannels(ctx, row.id, checked);
    const receiver = await findReceiver(ctx, row.id);
    await record(ctx, "receiver.created", { subject: `receiver/${name}`, after: shownChannels(receiver) });
    await publish(ctx, "notification", receiver.id);
    return receiver;
  });
}

async function refuseTooMany(ctx: Context): Promise<void> {
  const [known] = await ctx.db
    .select({ total: count() })
    .from(receivers)
    .where(and(eq(receivers.workspaceId, ctx.actor.workspaceId), isNull(receivers.archivedAt)));
  if ((known?.total ?? 0) >= maxPerWorkspace) {
    throw new DomainError("conflict", `A workspace can have at most ${maxPerWorkspace} receivers. Archive one first.`);
  }
}
