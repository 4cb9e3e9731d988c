import { and, eq } from "drizzle-orm";
import { memberships, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { personOf } from "#server/platform/identity/person-of.ts";

/**
 * Returns the person who acts, with whichever token or session, so that nobody approves with a token what they asked for in the console; the caller
 * itself where that is no person.
 */
export async function requesterOf(ctx: Context): Promise<{ id: string; name: string }> {
  const person = await personOf(ctx);
  if (person === null) return { id: ctx.actor.id, name: ctx.actor.name };
  const [user] = await ctx.db
    .select({ name: users.name })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.workspaceId, ctx.actor.workspaceId), eq(memberships.userId, person)));
  return { id: person, name: user?.name ?? ctx.actor.name };
}
