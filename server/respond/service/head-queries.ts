import { and, eq, sql } from "drizzle-orm";
import { incidents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { teamOf } from "#server/platform/teams/team-of.ts";
import type { ServingState } from "#server/serve/endpoints/contract.ts";
import { listCallers } from "#server/serve/predictions/list-callers.ts";
import { featuresOfEndpoint } from "#server/watch/features/findings/features-of-endpoint.ts";
import { listFindings } from "#server/watch/monitoring/findings/queries.ts";
import { openIncidents } from "../endpoint-states/open-incidents.ts";
import { withStates } from "../endpoint-states/with-states.ts";
import { nextEscalation } from "../oncall/escalation/queries.ts";
import { findOnCall } from "../oncall/schedules/find-on-call.ts";
import { findLine } from "../triage/queue/queries.ts";
import type { ServiceHead, ServiceIncident } from "./contract.ts";
import { decideMarks } from "./decide-marks.ts";

/**
 * Returns what the head of an endpoint's page says: its state, owner, who is on call, its open incident, and the tabs that are worth a look. The
 * caller has read the endpoint, so that it may use it.
 */
export async function getServiceHead(
  ctx: Context,
  endpoint: { id: string; name: string; serving: ServingState },
  now = new Date(),
): Promise<ServiceHead> {
  permit(ctx, "getTriage");
  const endpointId = endpoint.id;
  const [described, owner, onCall, incident, findings, features, callers] = await sideBySide(ctx, [
    () => withStates(ctx, [endpoint]),
    () => teamOf(ctx, { endpointId }),
    () => findOnCall(ctx, { endpointId }, now),
    () => readIncident(ctx, endpointId),
    () => listFindings(ctx, { endpointId }),
    () => featuresOfEndpoint(ctx, endpointId),
    () => listCallers(ctx, endpointId),
  ]);
  const state = described[0]?.state;
  if (!state) throw new Error("An endpoint has no state.");
  return {
    state,
    owner: owner?.name ?? null,
    onCall: onCall.map(({ name, until }) => ({ name, until })),
    incident,
    marks: decideMarks(state.kind, findings, features.worst),
    callers,
    readsFeatures: features.isRead,
  };
}

async function readIncident(ctx: Context, endpointId: string): Promise<ServiceIncident | null> {
  const [found] = await ctx.db
    .select({
      id: incidents.id,
      number: incidents.number,
      title: incidents.title,
      startedAt: incidents.startedAt,
    })
    .from(incidents)
    .where(
      and(
        eq(incidents.workspaceId, ctx.actor.workspaceId),
        sql`${incidents.number} = (select number from (${openIncidents(ctx)}) as open where endpoint_id = ${endpointId})`,
      ),
    );
  const line = found && (await findLine(ctx, found.id));
  if (!found || !line?.incident || !line.stage) return null;
  const next = line.groupId && line.unacknowledgedGroupIds.length > 0 ? await nextEscalation(ctx, line.groupId) : null;
  return {
    number: found.number,
    title: found.title,
    startedAt: found.startedAt,
    severity: line.incident.severity,
    stage: line.stage.stage,
    alerts: line.alerts,
    unacknowledgedGroupIds: line.unacknowledgedGroupIds,
    owner: line.owner?.name ?? null,
    next: next && { at: next.at, whom: next.people.map(({ name }) => name).join(", ") || next.words.join(", ") },
  };
}
