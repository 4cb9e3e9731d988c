import { and, eq, gte, inArray, lte, min, notInArray, sql } from "drizzle-orm";
import { endpoints, incidentLinks, incidents, rollouts, timelineEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type ChangeCounts, countChanges } from "#server/release/outcomes/count-changes.ts";
import { readReleases } from "#server/release/outcomes/read-releases.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import { ImpactCounts, uncountedStates } from "../contract.ts";
import { concerns } from "../queries.ts";
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
        notInArray(incidents.state, [...uncountedStates]),
        gte(incidents.startedAt, from),
        lte(incidents.startedAt, to),
        severity && eq(incidents.severity, severity),
        endpointId ? concerns(endpointId) : undefined,
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
  return computeResponse(responded, await readChanges(ctx, query));
}

/** Counts the changes of a time range, as reports do, and which of them failed: rolled back, or a cause of an incident within a day. */
async function readChanges(ctx: Context, { from, to, endpointId }: Input): Promise<ChangeCounts> {
  const releases = await readReleases(ctx, { from: from.getTime(), to: to.getTime() + 1, endpointId });
  const blamed = await blamedChanges(ctx, { from, to });
  return countChanges(
    releases.toReversed().map(({ endpoint, endpointId, versionId, kind, rollout, model, version, ref, at }) => {
      const names = [`${ref.kind}:${ref.id}`, `${endpointId}:${versionId}`];
      const hasIncident = names.some((name) => (blamed.get(name) ?? []).some((start) => start <= at + dayMs));
      return { endpoint, kind, released: `${model} v${version}`, isRollout: rollout !== null, hasIncident };
    }),
  );
}

/**
 * Returns when incidents started that are linked to a change, by "deployment:id", "rollout:id", and "endpoint:version" of a rollout: its
 * promotion is a deployment too.
 */
async function blamedChanges(ctx: Context, { from, to }: Pick<Input, "from" | "to">): Promise<Map<string, number[]>> {
  const rows = await ctx.db
    .select({
      kind: incidentLinks.kind,
      ref: incidentLinks.ref,
      startedAt: incidents.startedAt,
      endpointId: rollouts.endpointId,
      versionId: rollouts.canaryVersionId,
    })
    .from(incidentLinks)
    .innerJoin(incidents, eq(incidents.id, incidentLinks.incidentId))
    .leftJoin(rollouts, and(eq(incidentLinks.kind, "rollout"), sql`${rollouts.id}::text = ${incidentLinks.ref}`))
    .where(
      and(
        eq(incidentLinks.workspaceId, ctx.actor.workspaceId),
        inArray(incidentLinks.kind, ["deployment", "rollout"]),
        notInArray(incidents.state, [...uncountedStates]),
        gte(incidents.startedAt, new Date(from.getTime() - dayMs)),
        lte(incidents.startedAt, new Date(to.getTime() + dayMs)),
      ),
    );
  const starts = new Map<string, number[]>();
  for (const { kind, ref, startedAt, endpointId, versionId } of rows) {
    const names = [`${kind}:${ref}`, ...(endpointId && versionId ? [`${endpointId}:${versionId}`] : [])];
    for (const name of names) starts.set(name, [...(starts.get(name) ?? []), startedAt.getTime()]);
  }
  return starts;
}
