import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { EndpointCosts } from "#server/watch/cost/endpoint/contract.ts";
import { getEndpointCosts } from "#server/watch/cost/endpoint/queries.ts";
import { CostReport, GetCosts } from "#server/watch/cost/report/contract.ts";
import { costsCsv } from "#server/watch/cost/report/costs-csv.ts";
import { getCosts } from "#server/watch/cost/report/queries.ts";
import { SpendSummary, spendSummary } from "#server/watch/cost/report/spend-summary.ts";
import { Saving } from "#server/watch/cost/savings/contract.ts";
import { listSavings } from "#server/watch/cost/savings/queries.ts";
import { route } from "./route.ts";

/** Registers the routes for the costs of models. */
export function costs(app: FastifyInstance): void {
  const month = { summary: "Get the costs of a month, with forecast", query: GetCosts, response: CostReport };
  route(app, { method: "GET", path: "/costs", ...month }, ({ ctx, query }) => getCosts(ctx, query));
  const Period = z.object({ from: Instant, to: Instant });
  const summary = {
    summary: "Get total costs of a range of days, compared with the previous range of the same length",
    query: Period,
    response: SpendSummary,
  };
  route(app, { method: "GET", path: "/costs/summary", ...summary }, ({ ctx, query }) => spendSummary(ctx, query));
  const savings = {
    summary: "List savings opportunities based on measurements, largest first",
    response: z.object({ currency: z.string().nullable(), savings: z.array(Saving) }),
  };
  route(app, { method: "GET", path: "/costs/savings", ...savings }, ({ ctx }) => listSavings(ctx));
  const endpoint = {
    summary: "Get four weeks of endpoint costs by version, with scenarios",
    params: z.object({ endpoint: z.string() }),
    response: EndpointCosts,
  };
  route(app, { method: "GET", path: "/endpoints/:endpoint/costs", ...endpoint }, ({ ctx, params }) =>
    getEndpointCosts(ctx, params.endpoint),
  );
  csv(app);
}

/** Does not use route(), which sends JSON. */
function csv(app: FastifyInstance): void {
  const Query = GetCosts.pick({ month: true });
  app.operations.push({
    method: "GET",
    path: "/costs.csv",
    query: Query,
    status: 200,
    summary: "Export a month's daily costs as CSV with FOCUS columns",
  });
  app.get("/costs.csv", async (request, reply) => {
    if (!request.caller) throw new Error("The export of costs was registered outside v1Plugin.");
    const { name, text } = await costsCsv(request.caller, Query.parse(request.query));
    reply.type("text/csv; charset=utf-8").header("content-disposition", `attachment; filename="${name}"`);
    return reply.send(text);
  });
}
