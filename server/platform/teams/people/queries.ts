import { and, asc, eq, isNull } from "drizzle-orm";
import { channels, contactMethods, receivers } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { personOf } from "#server/platform/identity/person-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ContactMethods } from "./contract.ts";

/** Returns the caller's contact methods and time zone; defaults to email and UTC. */
export async function getContactMethods(ctx: Context): Promise<ContactMethods> {
  permit(ctx, "getContactMethods");
  const userId = await personOf(ctx);
  if (!userId) return { methods: [], timeZone: "UTC" };
  const [row] = await ctx.db
    .select()
    .from(contactMethods)
    .where(and(eq(contactMethods.workspaceId, ctx.actor.workspaceId), eq(contactMethods.userId, userId)));
  return row ? ContactMethods.parse(row) : { methods: [], timeZone: "UTC" };
}

/** Channels by which people may be called, by their receivers' names, without anything secret. */
export async function contactChannels(ctx: Context): Promise<{ id: string; label: string; isBot: boolean }[]> {
  permit(ctx, "getContactMethods");
  const rows = await ctx.db
    .select({ id: channels.id, kind: channels.kind, receiver: receivers.name })
    .from(channels)
    .innerJoin(receivers, eq(receivers.id, channels.receiverId))
    .where(
      and(eq(channels.workspaceId, ctx.actor.workspaceId), isNull(receivers.archivedAt), isNull(channels.disabledAt)),
    )
    .orderBy(asc(receivers.name), asc(channels.kind));
  return rows.map(({ id, kind, receiver }) => ({ id, label: `${receiver}, ${kind}`, isBot: kind === "slack-bot" }));
}
