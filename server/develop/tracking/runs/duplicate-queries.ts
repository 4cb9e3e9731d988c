import { sql } from "drizzle-orm";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { ProbableDuplicate } from "./contract.ts";

/** Maximum number of groups shown. */
const maxGroups = 100;

/**
 * Lists active runs of an experiment that are probably one run created more than once: the same name, user and start to the millisecond, as
 * a client leaves them that repeats a request without an idempotency key. Newest first, at most 100 groups.
 */
export async function listProbableDuplicates(ctx: Context, experimentId: number): Promise<ProbableDuplicate[]> {
  permit(ctx, "listProbableDuplicates");
  const { rows } = await ctx.db.execute<{ name: string; user_name: string; started_at: number; ids: string[] }>(sql`
    select name, user_name, started_at, array_agg(id order by id) as ids from runs
    where workspace_id = ${ctx.actor.workspaceId} and experiment_id = ${experimentId} and deleted_at is null
    group by name, user_name, started_at having count(*) > 1
    order by started_at desc, name limit ${maxGroups}`);
  return rows.map(({ name, user_name, started_at, ids }) => ({
    name,
    userName: user_name,
    startedAt: started_at,
    runIds: ids,
  }));
}
