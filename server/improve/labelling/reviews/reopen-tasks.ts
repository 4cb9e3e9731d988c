import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import type { CountMove } from "../consensus/count-moves.ts";
import type { LockedPlace } from "../tasks/lock-tasks.ts";

/**
 * Makes tasks take one more answer than they have, in the queue of second opinions. The caller holds them, and decides them after this. Their
 * leases and answers stay.
 * @param reason what annotators see @param uncounted answers that each of them got since it was decided last
 * @returns how the numbers of tasks change, which the decision writes
 */
export async function reopenTasks(
  ctx: Context,
  { tasks, reason, uncounted = 0 }: { tasks: readonly LockedPlace[]; reason: string; uncounted?: number },
): Promise<CountMove[]> {
  if (tasks.length === 0) return [];
  const ids = tasks.map(({ id }) => id);
  await ctx.db.execute(sql`
    update label_tasks set
      least = answers + ${uncounted} + 1, wanted = greatest(wanted, taken + 1), source = 'second', review = null,
      reason = case when ${reason} = '' then reason else ${reason} end
    where id = any(${sql.param(ids)}::bigint[])`);
  return tasks.flatMap(({ source, state }): CountMove[] => [
    { source, from: state, to: null },
    { source: "second", from: null, to: state },
  ]);
}
