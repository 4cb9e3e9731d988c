import { and, eq, inArray, isNull, notExists, type SQL, sql } from "drizzle-orm";
import { memberships, sessions, workspaces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { entrance } from "../workspaces/choose-workspace.ts";

type EndReason = NonNullable<(typeof sessions.$inferSelect)["revokedReason"]>;

/** Ends sessions for the next request of each; open event streams follow within 20 s. @returns how many were active. */
export async function endSessions(ctx: Context, where: SQL | undefined, reason: EndReason): Promise<number> {
  const ended = await ctx.db
    .update(sessions)
    .set({ revokedAt: sql`now()`, revokedReason: reason })
    .where(and(where, isActive()))
    .returning({ id: sessions.id });
  return ended.length;
}

/** Returns the condition for sessions that are neither revoked nor expired. */
export function isActive(): SQL | undefined {
  return and(isNull(sessions.revokedAt), sql`${sessions.expiresAt} > now()`);
}

/**
 * Ends the sessions of people who have just lost their last workspace, so that they do not come back with it. Others keep their sessions,
 * which open their remaining workspaces only. Call it after the change, in its transaction.
 */
export async function endSessionsWithoutWorkspace(
  ctx: Context,
  userIds: readonly string[],
  reason: "membership-ended" | "workspace-archived",
): Promise<number> {
  if (userIds.length === 0) return 0;
  const remaining = ctx.db
    .select({ userId: memberships.userId })
    .from(memberships)
    .innerJoin(workspaces, eq(workspaces.id, memberships.workspaceId))
    .where(and(eq(memberships.userId, sessions.userId), entrance(undefined)));
  return endSessions(ctx, and(inArray(sessions.userId, [...userIds]), notExists(remaining)), reason);
}
