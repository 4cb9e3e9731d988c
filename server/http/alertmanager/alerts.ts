import type { FastifyInstance } from "fastify";
import { listActiveAlerts, listActiveGroups } from "#server/alerting/alerts/alertmanager/queries.ts";
import { receiveAlerts } from "#server/alerting/alerts/receive-alerts.ts";
import { DomainError } from "#server/base/errors.ts";
import type { WebDependencies } from "#server/http/server.ts";
import { notifyAfterChange } from "#server/respond/paging/notify-after-change.ts";
import { callerOf } from "./caller.ts";
import { AlertQuery } from "./query.ts";
import { fromAlert, fromGroup, PostableAlerts, toPostedAlert } from "./shapes.ts";

/** Registers the routes for firing alerts: Prometheus posts them, amtool requests them. */
export function alertRoutes(app: FastifyInstance, { config }: WebDependencies): void {
  app.get("/alerts", async (request) => {
    const alerts = await listActiveAlerts(callerOf(request), AlertQuery.parse(request.query));
    return alerts.map((alert) => fromAlert(alert, config.publicUrl));
  });
  app.get("/alerts/groups", async (request) => {
    const groups = await listActiveGroups(callerOf(request), AlertQuery.parse(request.query));
    return groups.map((group) => fromGroup(group, config.publicUrl));
  });
  app.post("/alerts", async (request, reply) => {
    const posted = PostableAlerts.parse(request.body).map(toPostedAlert);
    const { problems } = await receiveAlerts(callerOf(request), posted, {
      source: "alertmanager",
      afterChange: notifyAfterChange,
    });
    // The valid alerts are stored nevertheless.
    if (problems.length > 0) throw new DomainError("invalid", problems.join("; "));
    return reply.code(200).send();
  });
}
