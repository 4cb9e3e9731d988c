import { and, eq, gte, inArray, lte, min, ne, sql } from "drizzle-orm";
import { deployments, endpoints, incidentLinks, incidents, rollouts, timelineEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { ImpactCounts } from "../contract.ts";
import { computeResponse } from "./compute-response.ts";
import { GetResponseMetrics, type ResponseMetrics } from "./contract.ts";

type Input = ReturnType<typeof GetResponseMetrics.parse>;

/**
 * Returns the times to detect, acknowledge, resolve and understand the incidents that started in a time range, and how many changes led
 * to one (docs/spec/alerting.md section 20). @throws DomainError "not-found" for the endpoint
 */
export async function responseMetrics(ctx: Context, input: GetResponseMetrics): Promise<ResponseMetrics> {
  permit(ctx, "responseMetrics");
  const query = GetResponseMetrics.parse(input);
  if (query.endpointId) await findEndpointById(ctx, query.endpointId);
  const { from, to, severity, endpointId } = query;
  const allowed = ctx.actor.endpoints;
  const rows = await ctx.db
    .select({ incident: incidents, hypothesisAt: min(timelineEvents.recordedAt) })
    .from(incidents)
    .leftJoin(endpoints, eq(endpoints.id, incidents.endpointId))
    .leftJoin(
      timelineEvents,
      and(eq(timelineEvents.incidentId, incidents.id), eq(timelineEvents.isProbableCause, true)),
    )
    .where(
      and(
        eq(incidents.workspaceId, ctx.actor.workspaceId),
        ne(incidents.state, "cancelled"),
        gte(incidents.startedAt, from),
        lte(incidents.startedAt, to),
        severity && eq(incidents.severity, severity),
        endpointId ? eq(incidents.endpointId, endpointId) : undefined,
        allowed ? inArray(endpoints.name, [...allowed]) : undefined,
      ),
    )
    .groupBy(incidents.id);
  const responded = rows.map(({ incident, hypothesisAt }) => {
    const { impactMinutes, badEvents, customerMinutes } = ImpactCounts.parse(incident.impact);
    const ms = (at: Date | null) => at?.getTime() ?? null;
    return {
      state: incident.state,
      isFoundByMachine: incident.isFoundByMachine,
      startedAt: incident.startedAt.getTime(),
      detectedAt: incident.detectedAt.getTime(),
      pagedAt: ms(incident.pagedAt),
      acknowledgedAt: ms(incident.acknowledgedAt),
      mitigatedAt: ms(incident.mitigatedAt),
      resolvedAt: ms(incident.resolvedAt),
      hypothesisAt: ms(hypothesisAt),
      impactMinutes,
      badEvents,
      customerMinutes,
    };
  });
  return computeResponse(responded, await countChanges(ctx, query));
}

/**
 * Counts versions that were deployed, or were rolled back before full deployment, and the number of them linked to an incident that started
 * within a day.
 */
async function countChanges(ctx: Context, { from, to, endpointId }: Input): Promise<{ total: number; failed: number }> {
  const { workspaceId } = ctx.actor;
  const deployed = and(
    eq(deployments.workspaceId, workspaceId),
    gte(deployments.deployedAt, from),
    lte(deployments.deployedAt, to),
    endpointId ? eq(deployments.endpointId, endpointId) : undefined,
  );
  const undone = and(
    eq(rollouts.workspaceId, workspaceId),
    eq(rollouts.phase, "rolled-back"),
    gte(rollouts.createdAt, from),
    lte(rollouts.createdAt, to),
    endpointId ? eq(rollouts.endpointId, endpointId) : undefined,
  );
  const linked = (
    kind: "deployment" | "rollout",
    ref: ReturnType<typeof sql>,
    at: ReturnType<typeof sql>,
  ) => sql`exists (
    select 1 from ${incidentLinks} join ${incidents} on ${incidents.id} = ${incidentLinks.incidentId}
    where ${incidentLinks.workspaceId} = ${workspaceId} and ${incidentLinks.kind} = ${kind} and ${incidentLinks.ref} = ${ref}
      and ${incidents.state} <> 'cancelled' and ${incidents.startedAt} <= ${at} + interval '24 hours'
  )`;
  const ofDeployment = linked("deployment", sql`${deployments.id}::text`, sql`${deployments.deployedAt}`);
  const ofRollout = linked("rollout", sql`${rollouts.id}::text`, sql`${rollouts.createdAt}`);
  const [made, failed, back, failedBack] = [
    await ctx.db.$count(deployments, deployed),
    await ctx.db.$count(deployments, and(deployed, ofDeployment)),
    await ctx.db.$count(rollouts, undone),
    await ctx.db.$count(rollouts, and(undone, ofRollout)),
  ];
  return { total: made + back, failed: failed + failedBack };
}
