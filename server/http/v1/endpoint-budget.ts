import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import { BudgetState, SetBudget } from "#server/watch/slo/endpoint-budget/contract.ts";
import { getBudget } from "#server/watch/slo/endpoint-budget/queries.ts";
import { setBudget } from "#server/watch/slo/endpoint-budget/set-budget.ts";
import { route } from "./route.ts";

const params = z.object({ endpoint: z.string() });
const path = "/endpoints/:endpoint/budget";

/** Registers the routes for an endpoint's objectives and its remaining error budget. */
export function endpointBudget(app: FastifyInstance): void {
  const show = {
    summary: "Get the SLOs of an endpoint and their remaining error budget",
    params,
    response: BudgetState,
  };
  route(app, { method: "GET", path, ...show }, async ({ ctx, params }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return getBudget(ctx, { endpointId });
  });
  const body = SetBudget.omit({ endpointId: true });
  const set = { summary: "Replace the SLOs of an endpoint", params, body, response: BudgetState };
  route(app, { method: "PUT", path, ...set }, async ({ ctx, params, body }) => {
    const { id: endpointId } = await findEndpoint(ctx, params.endpoint);
    return setBudget(ctx, { endpointId, ...body });
  });
}
