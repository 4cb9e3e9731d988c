import type { FastifyInstance } from "fastify";
import { GetViewDrift, ViewDrift } from "#server/watch/features/drift/contract.ts";
import { getViewDrift } from "#server/watch/features/drift/queries.ts";
import { GetViewSkew, ViewSkew } from "#server/watch/features/skew/contract.ts";
import { getViewSkew } from "#server/watch/features/skew/queries.ts";
import { route } from "./route.ts";

/** What is measured of feature views: skew of served values, and drift of the rows that arrive. */
export function featureWatch(app: FastifyInstance): void {
  const skew = {
    summary: "Get how served values of a feature view differ from its history, by feature, day and cause",
    query: GetViewSkew,
    response: ViewSkew,
  };
  route(app, { method: "GET", path: "/feature-skew", ...skew }, ({ ctx, query }) => getViewSkew(ctx, query));
  const drift = {
    summary: "Get the drift of a feature view: its rows by day against a reference",
    query: GetViewDrift,
    response: ViewDrift,
  };
  route(app, { method: "GET", path: "/feature-drift", ...drift }, ({ ctx, query }) => getViewDrift(ctx, query));
}
