import { and, eq } from "drizzle-orm";
import { alertGroups } from "#db/schema/index.ts";
import { usualReceivers } from "#server/alerting/notifications/contract.ts";
import type { NewNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import type { Context } from "#server/base/context.ts";
import type { StoredIncident } from "./incident-rows.ts";

type Notification = Omit<NewNotification, "to">;

interface IncidentNews {
  /** Tells it from the incident's other notifications: "update:7". */
  key: string;
  /** Before the number and title of the incident: "SEV1". */
  head: string;
  line: string;
  severity: "page" | "ticket";
  status: Notification["message"]["status"];
  facts?: Notification["message"]["facts"];
}

/** Returns a notification about an incident itself, without its addressee. */
export function incidentNotification(
  { id, number, title }: Pick<StoredIncident, "id" | "number" | "title">,
  { key, head, line, severity, status, facts = [] }: IncidentNews,
): Notification {
  return {
    kind: "incident",
    severity,
    deduplicationKey: `incident:${id}:${key}`,
    incidentId: id,
    message: {
      title: `${head} · INC-${number} · ${title}`,
      lines: [line],
      facts,
      severity,
      status,
      reason: "",
      receiver: "",
      groupKey: `incident:${id}`,
      groupLabels: {},
      alerts: [],
      links: [{ text: "View incident", path: `/incidents/${number}` }],
    },
  };
}

/** Returns the receivers of the alerts of an incident; the usual one of pages without alerts. */
export async function receiversOf(ctx: Context, incidentId: string): Promise<string[]> {
  const groups = await ctx.db
    .selectDistinct({ receiver: alertGroups.receiver })
    .from(alertGroups)
    .where(and(eq(alertGroups.incidentId, incidentId), eq(alertGroups.workspaceId, ctx.actor.workspaceId)));
  return groups.length > 0 ? groups.map(({ receiver }) => receiver) : [usualReceivers[0]];
}
