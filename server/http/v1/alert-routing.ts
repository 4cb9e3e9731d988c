import type { FastifyInstance } from "fastify";
import { z } from "zod";
import {
  RouteTest,
  RoutingRevision,
  SetRouting,
  StoredRouting,
  TestRoute,
} from "#server/alerting/alerts/routing/contract.ts";
import { getRouting, listRoutingRevisions } from "#server/alerting/alerts/routing/queries.ts";
import { setRouting } from "#server/alerting/alerts/routing/set-routing.ts";
import { testRoute } from "#server/alerting/alerts/routing/test-route.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { route } from "./route.ts";

/** Registers the routes that read, write and try out alert routing as one document. */
export function alertRouting(app: FastifyInstance): void {
  const path = "/alert-routing";
  const show = { summary: "Get the current routing", response: StoredRouting };
  route(app, { method: "GET", path, ...show }, ({ ctx }) => getRouting(ctx));
  const set = { summary: "Replace the routing; open alerts move to their new groups", body: SetRouting };
  route(app, { method: "PUT", path, ...set, response: StoredRouting }, ({ ctx, body }) =>
    setRouting(ctx, body, notifyAfterChange),
  );
  const revisions = z.object({ revisions: z.array(RoutingRevision) });
  const list = { summary: "List routing revisions, newest first", response: revisions };
  route(app, { method: "GET", path: `${path}/revisions`, ...list }, async ({ ctx }) => ({
    revisions: await listRoutingRevisions(ctx),
  }));
  const test = { summary: "Test which route handles an alert with these labels", body: TestRoute, response: RouteTest };
  route(app, { method: "POST", path: `${path}/test`, ...test }, ({ ctx, body }) => testRoute(ctx, body));
}
