import { and, eq, gt, sql } from "drizzle-orm";
import { prepared } from "#db/prepared.ts";
import { runParams, trainingAttempts, trainingJobs } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { KeyValue } from "../contract.ts";
import { cut } from "../keys.ts";
import { entriesBefore, requireRoom, type StoredEntries } from "./require-room.ts";
import { maxParamLength } from "./tags.ts";

export interface ParamConflict {
  key: string;
  old: string;
  new: string;
}

const insertParams = prepared<StoredEntries & { written: number }>(
  "store-params",
  sql`
  with written as (
    insert into run_params (workspace_id, run_id, key, value)
    select ${sql.placeholder("workspaceId")}::uuid, ${sql.placeholder("runId")}, key, value
    from unnest(${sql.placeholder("keys")}::text[], ${sql.placeholder("values")}::text[]) as param (key, value)
    on conflict do nothing returning key
  )
  select (select count(*)::int from written) as written, ${entriesBefore("run_params")}`,
);

/**
 * Stores params of a run that the caller's transaction has locked. A param is written once; storing the same value again is allowed.
 * @returns params that already have another value; the caller then fails the transaction. None for the program of a resumed job, whose first value
 * stays: frameworks log paths of the machine and the folder again, and end or log nothing more when that is refused.
 * @throws DomainError "invalid" when the run has too many params now
 */
export async function storeParams(ctx: Context, runId: string, params: readonly KeyValue[]): Promise<ParamConflict[]> {
  if (params.length === 0) return [];
  const sent = new Map(params.map(({ key, value }) => [key, cut(value, maxParamLength)]));
  const columns = { keys: [...sent.keys()], values: [...sent.values()] };
  const [before] = await insertParams(ctx.db, { workspaceId: ctx.actor.workspaceId, runId, ...columns });
  await requireRoom(ctx, "params", [runId], before, columns.values);
  if (before?.written === sent.size) return [];
  const known = await ctx.db
    .select({ key: runParams.key, value: runParams.value })
    .from(runParams)
    .where(sql`${runParams.runId} = ${runId} and ${runParams.key} = any(${sql.param([...sent.keys()])})`);
  const conflicts = known
    .map(({ key, value }) => ({ key, old: value, new: sent.get(key) ?? value }))
    .filter((one) => one.old !== one.new);
  return conflicts.length > 0 && (await isResumed(ctx)) ? [] : conflicts;
}

/** Whether the caller is the program of an attempt that follows another one: the earlier ones cannot write any more. */
async function isResumed({ db, actor }: Context): Promise<boolean> {
  if (!actor.run) return false;
  const [later] = await db
    .select({ number: trainingAttempts.number })
    .from(trainingAttempts)
    .innerJoin(trainingJobs, eq(trainingJobs.id, trainingAttempts.jobId))
    .where(
      and(
        eq(trainingJobs.workspaceId, actor.workspaceId),
        eq(trainingJobs.runId, actor.run.id),
        gt(trainingAttempts.number, 1),
      ),
    )
    .limit(1);
  return later !== undefined;
}
