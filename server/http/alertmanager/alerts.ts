import type { FastifyInstance } from "fastify";
import { listStandingAlerts, listStandingGroups } from "#server/alerting/alerts/alertmanager/queries.ts";
import { receiveAlerts } from "#server/alerting/alerts/receive-alerts.ts";
import { DomainError } from "#server/base/errors.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { tellAfterChange } from "#server/respond/paging/tell-after-change.ts";
import { callerOf } from "./caller.ts";
import { AlertQuery } from "./query.ts";
import { fromAlert, fromGroup, PostableAlerts, toPostedAlert } from "./shapes.ts";

/** What fires: told by Prometheus, asked for by amtool. */
export function alertRoutes(app: FastifyInstance, { config }: WebDependencies): void {
  app.get("/alerts", async (request) => {
    const alerts = await listStandingAlerts(callerOf(request), AlertQuery.parse(request.query));
    return alerts.map((alert) => fromAlert(alert, config.publicUrl));
  });
  app.get("/alerts/groups", async (request) => {
    const groups = await listStandingGroups(callerOf(request), AlertQuery.parse(request.query));
    return groups.map((group) => fromGroup(group, config.publicUrl));
  });
  app.post("/alerts", async (request, reply) => {
    const posted = PostableAlerts.parse(request.body).map(toPostedAlert);
    const { problems } = await receiveAlerts(callerOf(request), posted, {
      source: "alertmanager",
      afterChange: tellAfterChange,
    });
    // Those that are right are kept all the same.
    if (problems.length > 0) throw new DomainError("invalid", problems.join("; "));
    return reply.code(200).send();
  });
}
