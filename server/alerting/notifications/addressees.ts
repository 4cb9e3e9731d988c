import { and, asc, eq, isNull } from "drizzle-orm";
import { channels, contactMethods, memberships, receivers, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { ContactMethod } from "#server/platform/teams/people/contract.ts";
import { ChannelSettings } from "./contract.ts";

/** Recipient of a message. */
export type To = { channelId: string } | { receiver: string } | { receiverId: string } | { userId: string };

/** Destination of a message: a channel, or a user by one contact method. */
export interface Addressee {
  turn: string;
  channelId: string | null;
  userId: string | null;
  /** An e-mail address or a member of a Slack workspace; null for the channel's own. */
  address: string | null;
  /** Undefined for a person notified by email. */
  settings: ChannelSettings | undefined;
}

/** Returns the current destinations of a message: enabled channels, and all contact methods of a person. */
export function addresseesOf(ctx: Context, to: To): Promise<Addressee[]> {
  return "userId" in to ? ofPerson(ctx, to.userId) : ofChannels(ctx, to);
}

/** Channels that take changes, such as steps of rollouts. */
export async function changeAddressees(ctx: Context): Promise<Addressee[]> {
  const all = await ofChannels(ctx, { kind: "pagerduty" });
  return all.filter(({ settings }) => settings?.kind === "pagerduty" && settings.sendsChanges);
}

async function ofChannels(
  ctx: Context,
  to: Exclude<To, { userId: string }> | { kind: ChannelSettings["kind"] },
): Promise<Addressee[]> {
  const which =
    "channelId" in to
      ? eq(channels.id, to.channelId)
      : "receiverId" in to
        ? eq(receivers.id, to.receiverId)
        : "receiver" in to
          ? eq(receivers.name, to.receiver)
          : eq(channels.kind, to.kind);
  const rows = await ctx.db
    .select({ id: channels.id, settings: channels.settings })
    .from(channels)
    .innerJoin(receivers, eq(receivers.id, channels.receiverId))
    .where(
      and(
        eq(channels.workspaceId, ctx.actor.workspaceId),
        isNull(receivers.archivedAt),
        isNull(channels.disabledAt),
        which,
      ),
    )
    .orderBy(asc(channels.createdAt), asc(channels.id));
  return rows.map(({ id, settings }) => ({
    turn: `channel:${id}`,
    channelId: id,
    userId: null,
    address: null,
    settings: ChannelSettings.parse(settings),
  }));
}

/** Returns the contact methods of a person; without any, the email address of the account. */
async function ofPerson(ctx: Context, userId: string): Promise<Addressee[]> {
  const { workspaceId } = ctx.actor;
  const [person] = await ctx.db
    .select({ email: users.email, methods: contactMethods.methods })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .leftJoin(
      contactMethods,
      and(eq(contactMethods.userId, users.id), eq(contactMethods.workspaceId, memberships.workspaceId)),
    )
    .where(
      and(eq(memberships.workspaceId, workspaceId), eq(memberships.userId, userId), isNull(memberships.disabledAt)),
    );
  if (!person) return [];
  const own = ContactMethod.array().parse(person.methods ?? []);
  const methods = own.length > 0 ? own : [{ kind: "email" as const, address: null }];
  const ways = await Promise.all(methods.map((method) => byMethod(ctx, userId, method, person.email)));
  const found = ways.flat();
  // Falls back to email, so that a paged user is notified even if the channel was removed since.
  return found.length > 0 ? found : [byEmail(userId, person.email)];
}

async function byMethod(ctx: Context, userId: string, method: ContactMethod, email: string): Promise<Addressee[]> {
  if (method.kind === "email") return [byEmail(userId, method.address ?? email)];
  const found = await ofChannels(ctx, { channelId: method.channelId });
  const address = method.kind === "slack" ? method.member : null;
  return found.map((channel) => ({
    ...channel,
    turn: `person:${userId}:${method.channelId}`,
    userId,
    address,
  }));
}

/** Returns a user's email address as addressee. */
export function byEmail(userId: string, address: string): Addressee {
  return { turn: `person:${userId}:email:${address}`, channelId: null, userId, address, settings: undefined };
}
