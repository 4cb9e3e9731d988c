import { and, eq, like } from "drizzle-orm";
import { notifications } from "#db/schema/index.ts";
import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import type { Context } from "#server/base/context.ts";
import type { StoredIncident } from "./incident-rows.ts";
import { severityKey } from "./notify-severity-raised.ts";

/**
 * Notifies everyone who was notified of a raised severity that the incident is over, in the caller's transaction: PagerDuty opened an
 * incident for it, which nothing else closes. Does nothing where the severity was never raised.
 */
export async function notifySeverityEnded(ctx: Context, incident: StoredIncident, state: string): Promise<void> {
  const { id, number, title, severity, revision } = incident;
  const raised = await ctx.db
    .selectDistinct({ channelId: notifications.channelId, userId: notifications.userId })
    .from(notifications)
    .where(
      and(
        eq(notifications.workspaceId, ctx.actor.workspaceId),
        eq(notifications.incidentId, id),
        like(notifications.deduplicationKey, `${severityKey(id)}%`),
      ),
    );
  const notification = {
    kind: "incident" as const,
    severity: "page",
    deduplicationKey: `incident:${id}:ended:${revision}`,
    incidentId: id,
    message: {
      title: `RESOLVED · INC-${number} · ${title}`,
      lines: [`The ${severity} incident is ${state}.`],
      facts: [],
      severity: "page",
      status: "resolved" as const,
      reason: "",
      receiver: "",
      groupKey: `incident:${id}`,
      groupLabels: {},
      alerts: [],
      links: [{ text: "View incident", path: `/incidents/${number}` }],
    },
  };
  const people = new Set(raised.flatMap(({ userId }) => userId ?? []));
  const channels = raised.flatMap(({ channelId, userId }) => (channelId && !userId ? [channelId] : []));
  for (const channelId of channels) await enqueueNotification(ctx, { ...notification, to: { channelId } });
  for (const userId of people) await enqueueNotification(ctx, { ...notification, to: { userId } });
}
