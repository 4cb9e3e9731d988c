import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { type CountMove, countMoves } from "../consensus/count-moves.ts";
import type { LockedPlace } from "../tasks/lock-tasks.ts";

/**
 * Makes tasks take one more answer than they have, in the queue of second opinions. The caller holds them, and decides them after this. Their
 * leases and answers stay.
 * @param reason what annotators see
 */
export async function reopenTasks(
  ctx: Context,
  projectId: number,
  { tasks, reason }: { tasks: readonly LockedPlace[]; reason: string },
): Promise<void> {
  if (tasks.length === 0) return;
  const ids = tasks.map(({ id }) => id);
  await ctx.db.execute(sql`
    update label_tasks set
      least = answers + 1, wanted = greatest(wanted, taken + 1), source = 'second', review = null,
      reason = case when ${reason} = '' then reason else ${reason} end
    where id = any(${sql.param(ids)}::bigint[])`);
  const moves = tasks.flatMap(({ source, state }): CountMove[] => [
    { source, from: state, to: null },
    { source: "second", from: null, to: state },
  ]);
  await countMoves(ctx, projectId, moves);
}
