import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import { gameDayFollowUps, users } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { FollowUp } from "../contract.ts";

/** Maximum number for one game day. */
export const maxFollowUps = 100;

/** Selects follow-ups: open ones first, by due date. The caller has checked permissions. */
export async function selectFollowUps(ctx: Context, where: SQL | undefined): Promise<FollowUp[]> {
  const { id, words, ownerId, dueOn, doneAt, createdAt, workspaceId } = gameDayFollowUps;
  const rows = await ctx.db
    .select({ id, words, ownerId, owner: users.name, dueOn, doneAt })
    .from(gameDayFollowUps)
    .leftJoin(users, sql`${users.id}::text = ${ownerId}`)
    .where(and(eq(workspaceId, ctx.actor.workspaceId), where))
    .orderBy(sql`${doneAt} is not null`, sql`${dueOn} asc nulls last`, asc(createdAt), asc(id))
    .limit(maxFollowUps);
  return rows.map(({ ownerId, owner, ...row }) => ({
    ...row,
    owner: ownerId !== null && owner !== null ? { id: ownerId, name: owner } : null,
  }));
}
