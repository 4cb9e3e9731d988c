import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import type { Context } from "#server/base/context.ts";
import { IncidentRoles } from "./contract.ts";
import { incidentNotification, receiversOf } from "./incident-notification.ts";
import type { StoredIncident } from "./incident-rows.ts";

/** Notifies everyone who was paged, and the lead, that an incident's severity was raised; in the caller's transaction. */
export async function notifySeverityRaised(ctx: Context, incident: StoredIncident, before: string): Promise<void> {
  const { id, severity, endpoint, revision } = incident;
  const { lead } = IncidentRoles.parse(incident.roles);
  const notification = incidentNotification(incident, {
    key: `severity:${revision}`,
    head: severity,
    line: `${ctx.actor.name} raised it from ${before} to ${severity}.`,
    facts: endpoint ? [{ name: "Endpoint", value: endpoint }] : [],
    severity: "page",
    status: "firing",
  });
  for (const receiver of await receiversOf(ctx, id))
    await enqueueNotification(ctx, { ...notification, to: { receiver } });
  if (lead) await enqueueNotification(ctx, { ...notification, to: { userId: lead } });
}

/** Returns the start of the keys of all notifications of a raised severity. */
export function severityKey(incidentId: string): string {
  return `incident:${incidentId}:severity:`;
}
