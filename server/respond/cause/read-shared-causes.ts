import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { blameMachine } from "./blame-machine.ts";
import type { LikelyCause } from "./contract.ts";
import type { Effect } from "./possible-causes.ts";
import { sharedCausesOf } from "./shared-causes.ts";

interface Asked {
  groupIds: readonly string[];
  /** The endpoint with its concluded cause; null without an endpoint. */
  at: { endpointId: string; startedAt: number; until: number; cause: LikelyCause; effect: Effect | null } | null;
}

const Machine = z.object({ machine: z.string(), requests: z.number(), failures: z.number() });
const Node = z.object({ node: z.string() });

/** Reads the causes of alerts that other endpoints can have too, as keys (shared-causes.ts). The caller has checked permissions. */
export async function readSharedCauses(ctx: Context, { groupIds, at }: Asked): Promise<string[]> {
  const nodes = await nodesOf(ctx, groupIds);
  if (!at) return sharedCausesOf({ cause: null, machine: null, nodes });
  // Machines are compared by failed requests, which say nothing about slow or incorrect ones.
  const isFailing = at.effect === null || at.effect === "errors";
  return sharedCausesOf({ cause: at.cause, machine: isFailing ? await failingMachine(ctx, at) : null, nodes });
}

async function failingMachine(
  ctx: Context,
  { endpointId, startedAt, until }: NonNullable<Asked["at"]>,
): Promise<string | null> {
  const time = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`;
  const counts = await ctx.db.execute(sql`
    select one.machine, sum(one.requests)::float8 as requests, coalesce(sum(failed.count), 0)::float8 as failures
    from serving_windows as one
    cross join lateral (
      select sum(value::int) as count from jsonb_each_text(one.failures) where key >= '500'
    ) as failed
    where one.workspace_id = ${ctx.actor.workspaceId} and one.endpoint_id = ${endpointId} and one.arm <> 'shadow'
      and one.window_start >= ${time(startedAt)} and one.window_start < ${time(until)}
    group by one.machine`);
  return blameMachine(rowsOf(Machine, counts));
}

/** Returns the nodes that alerts name in their label "node": of each group the one that all its firing alerts share. */
async function nodesOf(ctx: Context, groupIds: readonly string[]): Promise<string[]> {
  if (groupIds.length === 0) return [];
  const nodes = await ctx.db.execute(sql`
    select distinct min(alert.labels->>'node') as node
    from alert_group_members as member
    join alerts as alert on alert.workspace_id = member.workspace_id and alert.fingerprint = member.fingerprint
    where member.workspace_id = ${ctx.actor.workspaceId} and member.group_id = any(${sql.param([...groupIds])}::uuid[])
      and alert.ends_at > now()
    group by member.group_id
    having count(*) = count(alert.labels->>'node') and min(alert.labels->>'node') = max(alert.labels->>'node')
    order by 1`);
  return rowsOf(Node, nodes).map(({ node }) => node);
}
