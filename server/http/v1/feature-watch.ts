import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { KeyRemoval, RemoveFeatureKey } from "#server/develop/features/removal/contract.ts";
import { listKeyRemovals } from "#server/develop/features/removal/queries.ts";
import { removeFeatureKey } from "#server/develop/features/removal/remove-feature-key.ts";
import { GetViewDrift, ViewDrift } from "#server/watch/features/drift/contract.ts";
import { getViewDrift } from "#server/watch/features/drift/queries.ts";
import { GetViewSkew, ViewSkew } from "#server/watch/features/skew/contract.ts";
import { getViewSkew } from "#server/watch/features/skew/queries.ts";
import { route } from "./route.ts";

/** What is measured of feature views, skew of served values and drift of the rows that arrive; and the removal of entity keys. */
export function featureWatch(app: FastifyInstance): void {
  const skew = {
    summary: "Get the skew of a feature view by feature, day and cause",
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
  removals(app);
}

function removals(app: FastifyInstance): void {
  const params = z.object({ featureView: z.string() });
  const remove = {
    summary: "Remove an entity key from a feature view; a job rewrites files of its history",
    params,
    body: RemoveFeatureKey.omit({ view: true }),
    response: KeyRemoval,
    status: 202,
  } as const;
  route(app, { method: "DELETE", path: "/feature-views/:featureView/keys", ...remove }, ({ ctx, params, body }) =>
    removeFeatureKey(ctx, { view: params.featureView, ...body }),
  );
  const list = {
    summary: "List receipts for removed keys of a feature view, newest first",
    params,
    response: z.object({ removals: z.array(KeyRemoval) }),
  };
  route(app, { method: "GET", path: "/feature-views/:featureView/removals", ...list }, async ({ ctx, params }) => ({
    removals: await listKeyRemovals(ctx, params.featureView),
  }));
}
