import { and, asc, eq, isNull } from "drizzle-orm";
import { memberships, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";

/**
 * Requires that another admin of a workspace, who is a person, remains after a user stops being one; by default of the caller's. Locks the admins' rows until the caller's transaction ends, so that two
 * admins cannot remove each other concurrently.
 * @throws DomainError "conflict"
 */
export async function requireRemainingAdmin(
  ctx: Context,
  userId: string,
  workspaceId = ctx.actor.workspaceId,
): Promise<void> {
  const admins = await ctx.db
    .select({ userId: memberships.userId })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.workspaceId, workspaceId),
        eq(memberships.role, "admin"),
        eq(users.kind, "person"),
        isNull(memberships.disabledAt),
      ),
    )
    .orderBy(asc(memberships.userId))
    .for("update", { of: memberships });
  if (admins.length === 1 && admins[0]?.userId === userId) {
    throw new DomainError("conflict", "This is the last admin. Make someone else an admin first.");
  }
}
