import { and, eq, like } from "drizzle-orm";
import { notifications } from "#db/schema/index.ts";
import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import type { Context } from "#server/base/context.ts";
import { incidentNotification } from "./incident-notification.ts";
import type { StoredIncident } from "./incident-rows.ts";
import { severityKey } from "./notify-severity-raised.ts";

/**
 * Notifies everyone who was notified of a raised severity that the incident is over, in the caller's transaction: PagerDuty opened an
 * incident for it, which nothing else closes. Does nothing where the severity was never raised.
 */
export async function notifySeverityEnded(ctx: Context, incident: StoredIncident, state: string): Promise<void> {
  const { id, severity, revision } = incident;
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
  const notification = incidentNotification(incident, {
    key: `ended:${revision}`,
    head: "RESOLVED",
    line: `The ${severity} incident is ${state}.`,
    severity: "page",
    status: "resolved",
  });
  const people = new Set(raised.flatMap(({ userId }) => userId ?? []));
  const channels = raised.flatMap(({ channelId, userId }) => (channelId && !userId ? [channelId] : []));
  for (const channelId of channels) await enqueueNotification(ctx, { ...notification, to: { channelId } });
  for (const userId of people) await enqueueNotification(ctx, { ...notification, to: { userId } });
}
