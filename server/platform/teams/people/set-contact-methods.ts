import { and, eq, inArray } from "drizzle-orm";
import { channels, contactMethods } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { personOf } from "#server/platform/identity/person-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ContactMethods, type SetContactMethods } from "./contract.ts";

/**
 * Sets the contact methods with which the caller is paged, all used at the same time, and their time zone. Only the caller's own.
 * @throws DomainError "invalid" where the caller is not a person, "not-found" for a channel that does not exist
 */
export async function setContactMethods(ctx: Context, input: SetContactMethods): Promise<ContactMethods> {
  permit(ctx, "setContactMethods");
  const { methods, timeZone } = ContactMethods.parse(input);
  const userId = ctx.actor.isServiceAccount ? undefined : await personOf(ctx);
  if (!userId) throw new DomainError("invalid", "Contact methods require a person; this token or service is not one.");
  return transact(ctx, async (ctx) => {
    const { workspaceId } = ctx.actor;
    await requireChannels(
      ctx,
      methods.flatMap((method) => (method.kind === "email" ? [] : [method.channelId])),
    );
    await ctx.db
      .insert(contactMethods)
      .values({ workspaceId, userId, methods, timeZone })
      .onConflictDoUpdate({
        target: [contactMethods.workspaceId, contactMethods.userId],
        set: { methods, timeZone },
      });
    const kinds = methods.map(({ kind }) => kind);
    await record(ctx, "contact-methods.changed", { subject: `user/${userId}`, after: { methods: kinds, timeZone } });
    await publish(ctx, "oncall", userId);
    return { methods, timeZone };
  });
}

async function requireChannels(ctx: Context, channelIds: string[]): Promise<void> {
  if (channelIds.length === 0) return;
  const known = await ctx.db
    .select({ id: channels.id })
    .from(channels)
    .where(and(eq(channels.workspaceId, ctx.actor.workspaceId), inArray(channels.id, channelIds)));
  if (channelIds.some((id) => !known.some((each) => each.id === id))) {
    const field = "methods";
    throw new DomainError("not-found", "Channel not found. See Alerts, Receivers for a list.", { field });
  }
}
