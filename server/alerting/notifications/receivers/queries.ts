import { and, asc, eq, inArray, isNull, type SQL } from "drizzle-orm";
import { channels, receivers } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { covers, permit } from "#server/platform/permissions/permit.ts";
import { answersOf, lastCallbacks } from "../callbacks/last-callbacks.ts";
import { Channel, ChannelSettings, Receiver } from "../contract.ts";
import { outboxOf } from "./outbox-of.ts";

/** Lists every receiver of the workspace with its channels, by name, without secrets. createReceiver limits their number. */
export async function listReceivers(ctx: Context): Promise<Receiver[]> {
  permit(ctx, "listReceivers");
  return select(ctx);
}

/** @throws DomainError "not-found" */
export async function getReceiver(ctx: Context, receiverId: string): Promise<Receiver> {
  permit(ctx, "getReceiver");
  return findReceiver(ctx, receiverId);
}

/** Returns a receiver, for commands, which check their own permission. @throws DomainError "not-found" */
export async function findReceiver(ctx: Context, receiverId: string): Promise<Receiver> {
  const [receiver] = await select(ctx, eq(receivers.id, receiverId));
  if (!receiver) throw new DomainError("not-found", "Receiver not found. See Alerts, Receivers for a list.");
  return receiver;
}

async function select(ctx: Context, which?: SQL): Promise<Receiver[]> {
  const rows = await ctx.db
    .select()
    .from(receivers)
    .where(and(eq(receivers.workspaceId, ctx.actor.workspaceId), isNull(receivers.archivedAt), which))
    .orderBy(asc(receivers.name));
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  const found = await ctx.db
    .select()
    .from(channels)
    .where(inArray(channels.receiverId, ids))
    .orderBy(asc(channels.createdAt), asc(channels.id));
  const channelIds = found.map(({ id }) => id);
  const outboxes = await outboxOf(ctx, channelIds);
  const answered = await lastCallbacks(ctx, channelIds);
  const byReceiver = Map.groupBy(found, ({ receiverId }) => receiverId);
  return rows.map((row) =>
    Receiver.parse({
      ...row,
      channels: (byReceiver.get(row.id) ?? []).map((channel) =>
        Channel.parse({
          ...channel,
          ...outboxes.get(channel.id),
          settings: shown(ctx, ChannelSettings.parse(channel.settings)),
          hasSecret: channel.secret !== null,
          answers: answersOf(channel, answered.get(channel.id)),
        }),
      ),
    }),
  );
}

/** Hides the path of webhook addresses from users without edit permission because it often contains a key: they see only the host. */
function shown({ actor }: Context, settings: ChannelSettings): ChannelSettings {
  const mayChange = actor.role === "operator" || actor.role === "admin";
  if (settings.kind !== "webhook" || (mayChange && covers(actor.scopes ?? ["alerts"], "alerts"))) return settings;
  return { ...settings, url: new URL(settings.url).origin };
}
