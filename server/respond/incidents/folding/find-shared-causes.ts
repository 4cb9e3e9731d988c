import { and, eq, isNotNull, sql } from "drizzle-orm";
import { incidents } from "#db/schema/index.ts";
import type { StoredGroup } from "#server/alerting/alerts/groups/group-rows.ts";
import { type Context, transact } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { readCause, sloIdsOf } from "#server/respond/cause/read-cause.ts";
import { readSharedCauses } from "#server/respond/cause/read-shared-causes.ts";
import { attachDueFacts } from "../attach-due-facts.ts";
import { findStartOf } from "../impact/locate-start.ts";
import { nearMs } from "./decide-fold.ts";

/** Incidents whose facts are read first: an outage of many endpoints opens one, and the others join it. */
const maxDue = 20;

/**
 * Reads the causes of an alert that other endpoints may share, if there is an open incident of about the same time that it could join.
 * Attaches the facts that are due of these incidents, so that their causes are known too. The caller has checked permissions.
 * @param at when it was notified, or began, in milliseconds since 1970 @throws what the queries throw, which are slow for some endpoints
 */
export async function findSharedCauses(
  ctx: Context,
  { id, summary }: Pick<StoredGroup, "id" | "summary">,
  at: number,
): Promise<string[]> {
  const { endpointId } = summary;
  // Without an endpoint, an alert has a cause only if it names a node.
  const nodes = endpointId === null ? await transact(ctx, (ctx) => nodesOf(ctx, id)) : [];
  if (endpointId === null && nodes.length === 0) return [];
  if (!(await attachNearby(ctx, at))) return [];
  return endpointId === null ? nodes : transact(ctx, (ctx) => conclude(ctx, { id, endpointId, summary, at }));
}

const nodesOf = (ctx: Context, groupId: string) => readSharedCauses(ctx, { groupIds: [groupId], at: null });

interface Alerted extends Pick<StoredGroup, "id" | "summary"> {
  endpointId: string;
  at: number;
}

async function conclude(ctx: Context, { id, summary, endpointId, at }: Alerted): Promise<string[]> {
  const { sloId, ruleKey, startsAt } = summary;
  const alerts = [{ sloId, ruleKey }];
  // As for an incident: the impact began before the alert.
  const rise = await findStartOf(ctx, await sloIdsOf(ctx, alerts), at);
  const span = { endpointId, startedAt: rise ?? Math.min(startsAt, at), until: at };
  const found = await readCause(ctx, { ...span, alerts });
  return readSharedCauses(ctx, { groupIds: [id], at: { ...span, ...found } });
}

/** Attaches the due facts of the open incidents around a time. @returns whether any of them has a cause that others may share */
async function attachNearby(ctx: Context, at: number): Promise<boolean> {
  const time = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`;
  const nearby = and(
    eq(incidents.workspaceId, ctx.actor.workspaceId),
    sql`${incidents.state} in ('triage', 'active', 'mitigated')`,
    sql`${incidents.startedAt} <= ${time(at + nearMs)} and ${incidents.detectedAt} >= ${time(at - nearMs)}`,
  );
  const due = await ctx.db
    .select({ id: incidents.id })
    .from(incidents)
    .where(and(nearby, isNotNull(incidents.factsDue)))
    .orderBy(incidents.number)
    .limit(maxDue);
  for (const { id } of due) {
    await attachDueFacts(ctx, id).catch((cause) => log.warn("incident.facts_failed", { incidentId: id, cause }));
  }
  return (await ctx.db.$count(incidents, and(nearby, sql`${incidents.sharedCauses} <> '{}'`))) > 0;
}
