import { sql } from "drizzle-orm";
import { runParams } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";
import type { KeyValue } from "../contract.ts";
import { cut } from "../keys.ts";
import { mostParamCharacters } from "./tags.ts";

export interface ParamConflict {
  key: string;
  old: string;
  new: string;
}

/**
 * Writes params of a run that the caller's transaction has locked. A param is written once; the same value again is fine.
 * @returns those that have another value already; the caller then lets the transaction fail.
 */
export async function storeParams(ctx: Context, runId: string, params: readonly KeyValue[]): Promise<ParamConflict[]> {
  if (params.length === 0) return [];
  const { workspaceId } = ctx.actor;
  const rows = params.map(({ key, value }) => ({ workspaceId, runId, key, value: cut(value, mostParamCharacters) }));
  const written = await ctx.db.insert(runParams).values(rows).onConflictDoNothing().returning({ key: runParams.key });
  if (written.length === rows.length) return [];
  const sent = new Map(rows.map((row) => [row.key, row.value]));
  const known = await ctx.db
    .select({ key: runParams.key, value: runParams.value })
    .from(runParams)
    .where(sql`${runParams.runId} = ${runId} and ${runParams.key} = any(${sql.param([...sent.keys()])})`);
  return known
    .map(({ key, value }) => ({ key, old: value, new: sent.get(key) ?? value }))
    .filter((one) => one.old !== one.new);
}
