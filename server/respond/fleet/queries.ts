import { and, eq, sql } from "drizzle-orm";
import { teamMembers } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { sideBySide } from "#server/base/side-by-side.ts";
import { personOf } from "#server/platform/identity/person-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { readOwners } from "#server/platform/teams/read-owners.ts";
import { listRollouts } from "#server/release/rollouts/queries.ts";
import { listEndpoints } from "#server/serve/endpoints/endpoint-queries.ts";
import { listSlos } from "#server/watch/slo/objectives/queries.ts";
import { openIncidents } from "../endpoint-states/open-incidents.ts";
import { withStates } from "../endpoint-states/with-states.ts";
import { IncidentStage } from "../incidents/stages/contract.ts";
import { byUrgency } from "./by-urgency.ts";
import type { Fleet, FleetIncident, FleetRow } from "./contract.ts";
import { decideNeed, decideNext } from "./decide-need.ts";
import { readLatencyTargets } from "./latency-targets.ts";
import { recentQuality } from "./recent-quality.ts";

const maxEndpoints = 500;

/**
 * Lists the endpoints that are not archived by need: those where a person has to act first. Takes a constant number of statements for any number
 * of endpoints.
 */
export async function listFleet(ctx: Context): Promise<Fleet> {
  permit(ctx, "getTriage");
  const { endpoints, next } = await listEndpoints(ctx, { limit: maxEndpoints });
  const [described, incidents, slos, rollouts, owners, targets, qualities, ownTeams] = await sideBySide(ctx, [
    () => withStates(ctx, endpoints),
    () => readIncidents(ctx),
    async () => (await listSlos(ctx)).slos,
    async () => (await listRollouts(ctx, { active: true, limit: 200 })).rollouts,
    () => readOwners(ctx),
    () => readLatencyTargets(ctx),
    () => recentQuality(ctx),
    () => readOwnTeams(ctx),
  ]);
  const rows = described.map((endpoint): FleetRow => {
    const { id, name, state } = endpoint;
    const rollout = rollouts.find((one) => one.endpointId === id) ?? null;
    const incident = incidents.get(id) ?? null;
    const { teamId = null, teamName = null } = owners.get(id) ?? {};
    return {
      ...endpoint,
      need: decideNeed(state.kind, rollout),
      next: decideNext({ name, state: state.kind, incident, rollout }),
      // The list has the least budget first.
      worst: slos.find((slo) => slo.endpointId === id) ?? null,
      team: teamId !== null && teamName !== null ? { id: teamId, name: teamName } : null,
      latencyTarget: targets.get(id) ?? null,
      quality: qualities.get(id) ?? null,
      rollout,
    };
  });
  return { rows: rows.toSorted(byUrgency), ownTeams, isCut: next !== undefined };
}

async function readOwnTeams(ctx: Context): Promise<string[]> {
  const userId = await personOf(ctx);
  if (userId === null) return [];
  const { teamId, workspaceId } = teamMembers;
  const isOwn = and(eq(workspaceId, ctx.actor.workspaceId), eq(teamMembers.userId, userId));
  return (await ctx.db.select({ teamId }).from(teamMembers).where(isOwn)).map((member) => member.teamId);
}

interface IncidentRow extends Record<string, unknown> {
  endpointId: string;
  number: number;
  stage: string;
  isAcknowledged: boolean;
}

async function readIncidents(ctx: Context): Promise<Map<string, FleetIncident>> {
  const { rows } = await ctx.db.execute<IncidentRow>(sql`
    select open.endpoint_id as "endpointId", incident.number, incident.stage, incident.acknowledged_at is not null as "isAcknowledged"
    from (${openIncidents(ctx)}) as open
    join incidents incident on incident.workspace_id = ${ctx.actor.workspaceId} and incident.number = open.number
    where open.endpoint_id is not null`);
  return new Map(
    rows.map(({ endpointId, number, stage, isAcknowledged }) => [
      endpointId,
      { number, stage: IncidentStage.parse(stage), isAcknowledged },
    ]),
  );
}
