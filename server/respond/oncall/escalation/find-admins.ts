import { and, asc, eq, isNull } from "drizzle-orm";
import { memberships, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { OnCallPerson } from "../../../platform/teams/people/contract.ts";

/** Finds the admins of the workspace who may sign in. */
export async function findAdmins(ctx: Context): Promise<OnCallPerson[]> {
  const rows = await ctx.db
    .select({ userId: users.id, name: users.name, email: users.email })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.workspaceId, ctx.actor.workspaceId),
        eq(memberships.role, "admin"),
        eq(users.kind, "person"),
        isNull(memberships.disabledAt),
      ),
    )
    .orderBy(asc(users.name))
    .limit(20);
  return rows.map((row) => ({ ...row, until: null }));
}
