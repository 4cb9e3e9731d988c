import type { Labels } from "#server/alerting/alerts/contract.ts";
import { reachableReceivers } from "#server/alerting/alerts/routing/inactive-receivers.ts";
import { loadRouting } from "#server/alerting/alerts/routing/load-routing.ts";
import { mutedByTime } from "#server/alerting/alerts/routing/time-intervals.ts";
import { walkRoutes } from "#server/alerting/alerts/routing/walk-routes.ts";
import type { Context } from "#server/base/context.ts";
import { teamOf } from "#server/platform/teams/team-of.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import type { StoredSlo } from "#server/watch/objectives/stored-slos.ts";
import { alertLabels } from "#server/watch/slo/evaluation/burn-alerts.ts";
import type { PreconditionFacts } from "./preconditions.ts";

interface Endpoint {
  id: string;
  name: string;
}

/**
 * Finds the routes that pages of an endpoint would take now: those of its SLOs, or of an SLO that it might have.
 * @param now milliseconds since 1970
 */
export async function readRoutes(
  ctx: Context,
  endpoint: Endpoint,
  objectives: readonly StoredSlo[],
  now: number,
): Promise<PreconditionFacts["routes"]> {
  const { routing } = await loadRouting(ctx);
  const reachable = await reachableReceivers(ctx);
  const routes = (await labelsOf(ctx, endpoint, objectives)).flatMap((labels) => walkRoutes(routing, labels));
  return [...new Set(routes)].map((route) => ({
    receiver: route.receiver,
    isReachable: reachable.has(route.receiver),
    isMuted: mutedByTime(route, routing.timeIntervals, now) !== undefined,
  }));
}

async function labelsOf(ctx: Context, { id, name }: Endpoint, objectives: readonly StoredSlo[]): Promise<Labels[]> {
  const model = (await currentDeployments(ctx, [id])).get(id)?.modelName ?? null;
  if (objectives.length === 0) {
    const team = (await teamOf(ctx, { endpointId: id }))?.name ?? "";
    return [{ alertname: "SLOBurn", severity: "page", service: name, endpoint: name, model: model ?? "", team }];
  }
  return objectives.map(({ endpoint, team, ...slo }) =>
    alertLabels(
      { ...slo, endpoint, model, team: team?.name ?? null, deployed: null },
      { part: "page", severity: "page", isFiring: true, tiers: [] },
    ),
  );
}
