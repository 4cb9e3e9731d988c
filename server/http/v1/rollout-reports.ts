import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { limits } from "#server/base/limits.ts";
import {
  PlanRollout,
  RolloutEstimate,
  RolloutSimulation,
  SimulateRollout,
} from "#server/release/rollouts/estimate/contract.ts";
import { planRollout, simulateRolloutPlan } from "#server/release/rollouts/estimate/queries.ts";
import { GetRolloutSlices, RolloutSlices } from "#server/release/rollouts/slices/contract.ts";
import { getRolloutSlices } from "#server/release/rollouts/slices/queries.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { route } from "./route.ts";

/** Registers the routes for computations about rollouts before their start and after their end. */
export function rolloutReports(app: FastifyInstance): void {
  const ofEndpoint = z.object({ endpoint: z.string().max(limits.nameLength) });
  const plan = {
    summary: "Estimate the duration and sensitivity of a rollout plan at current traffic; starts nothing",
    body: PlanRollout.omit({ endpointId: true }).extend(ofEndpoint.shape),
    response: RolloutEstimate,
  };
  route(app, { method: "POST", path: "/rollouts/plans", ...plan }, async ({ ctx, body: { endpoint, plan } }) => {
    const { id: endpointId } = await findEndpoint(ctx, endpoint);
    return planRollout(ctx, { endpointId, plan });
  });
  const simulate = {
    summary: "Simulate a rollout plan on recorded traffic, compared with common threshold rules; starts nothing",
    body: SimulateRollout.omit({ endpointId: true }).extend(ofEndpoint.shape),
    response: RolloutSimulation,
  };
  route(
    app,
    { method: "POST", path: "/rollouts/plans/simulations", ...simulate },
    async ({ ctx, body: { endpoint, ...input } }) => {
      const { id: endpointId } = await findEndpoint(ctx, endpoint);
      return simulateRolloutPlan(ctx, { endpointId, ...input });
    },
  );
  const slices = {
    summary: "Get the most affected segments of a rollout from the prediction log",
    params: z.object({ rollout: z.uuid() }),
    query: GetRolloutSlices.omit({ rolloutId: true }),
    response: RolloutSlices,
  };
  route(app, { method: "GET", path: "/rollouts/:rollout/segments", ...slices }, async ({ ctx, params, query }) =>
    getRolloutSlices(ctx, { rolloutId: params.rollout, ...query }),
  );
}
