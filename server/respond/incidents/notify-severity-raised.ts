import { and, eq } from "drizzle-orm";
import { alertGroups } from "#db/schema/index.ts";
import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import type { Context } from "#server/base/context.ts";
import { IncidentRoles } from "./contract.ts";
import type { StoredIncident } from "./incident-rows.ts";

/** Default receiver of pages, where no route specifies another. */
export const usualReceiver = "on-call";

/** Notifies everyone who was paged, and the lead, that an incident's severity was raised; in the caller's transaction. */
export async function notifySeverityRaised(ctx: Context, incident: StoredIncident, before: string): Promise<void> {
  const { id, number, title, severity, endpoint, revision } = incident;
  const groups = await ctx.db
    .selectDistinct({ receiver: alertGroups.receiver })
    .from(alertGroups)
    .where(and(eq(alertGroups.incidentId, id), eq(alertGroups.workspaceId, ctx.actor.workspaceId)));
  const receivers = groups.length > 0 ? groups.map(({ receiver }) => receiver) : [usualReceiver];
  const { lead } = IncidentRoles.parse(incident.roles);
  const notification = {
    kind: "incident" as const,
    severity: "page",
    deduplicationKey: `${severityKey(id)}${revision}`,
    incidentId: id,
    message: {
      title: `${severity} · INC-${number} · ${title}`,
      lines: [`${ctx.actor.name} raised it from ${before} to ${severity}.`],
      facts: endpoint ? [{ name: "Endpoint", value: endpoint }] : [],
      severity: "page",
      status: "firing" as const,
      reason: "",
      receiver: "",
      groupKey: `incident:${id}`,
      groupLabels: {},
      alerts: [],
      links: [{ text: "View incident", path: `/incidents/${number}` }],
    },
  };
  for (const receiver of receivers) await enqueueNotification(ctx, { ...notification, to: { receiver } });
  if (lead) await enqueueNotification(ctx, { ...notification, to: { userId: lead } });
}

/** Returns the start of the keys of all notifications of a raised severity. */
export function severityKey(incidentId: string): string {
  return `incident:${incidentId}:severity:`;
}
