import { and, eq, isNull, sql } from "drizzle-orm";
import { contactMethods, memberships, users } from "#db/schema/index.ts";
import type { Actor, Context, Role } from "#server/base/context.ts";
import type { CallbackKind, CallbackUser } from "../../alerting/notifications/callbacks/contract.ts";

/**
 * Returns the context in which a response is executed: that of the workspace member with that email address, or with that Slack account,
 * with the same permissions as here. Else a name that states the origin, with the rights of the channel.
 */
export async function callbackContext(
  ctx: Context,
  {
    channelId,
    kind,
    by,
    address,
  }: { channelId: string; kind: CallbackKind; by: CallbackUser; address?: string | undefined },
): Promise<Context> {
  const found = await membersLike(ctx, by);
  const [person] = found;
  const { workspaceId } = ctx.actor;
  const actor: Actor =
    person && found.length === 1
      ? { kind: "user", workspaceId, id: person.id, name: person.name, role: person.role as Role, address }
      : { kind: "system", workspaceId, id: `channel ${channelId}`, name: nameOf(by, kind), role: "member", address };
  return { db: ctx.db, actor };
}

function nameOf({ name }: CallbackUser, kind: CallbackKind): string {
  const where = kind === "pagerduty" ? "PagerDuty" : "Slack";
  return `${
    name
      .replaceAll(/\p{Cc}/gu, " ")
      .trim()
      .slice(0, 100) || "Someone"
  } (${where})`;
}

async function membersLike(ctx: Context, { email, slackMember }: CallbackUser) {
  if (!email && !slackMember) return [];
  const { workspaceId } = ctx.actor;
  const slackIdentity = JSON.stringify([{ kind: "slack", member: slackMember ?? "" }]);
  return ctx.db
    .select({ id: users.id, name: users.name, role: memberships.role })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .leftJoin(
      contactMethods,
      and(eq(contactMethods.userId, users.id), eq(contactMethods.workspaceId, memberships.workspaceId)),
    )
    .where(
      and(
        eq(memberships.workspaceId, workspaceId),
        isNull(memberships.disabledAt),
        email
          ? sql`lower(${users.email}) = lower(${email})`
          : sql`${contactMethods.methods} @> ${slackIdentity}::jsonb`,
      ),
    )
    .limit(2);
}
