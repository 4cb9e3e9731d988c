import { sql } from "drizzle-orm";
import { prepared } from "#db/prepared.ts";
import { runParams } from "#db/schema/index.ts";
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
 * @returns params that already have another value; the caller then fails the transaction.
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
  return known
    .map(({ key, value }) => ({ key, old: value, new: sent.get(key) ?? value }))
    .filter((one) => one.old !== one.new);
}
