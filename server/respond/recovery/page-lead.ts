import { and, eq } from "drizzle-orm";
import { alertGroups } from "#db/schema/index.ts";
import { incidentBoardPath } from "#server/alerting/alerts/constants.ts";
import { Acknowledgement } from "#server/alerting/alerts/contract.ts";
import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import type { Context } from "#server/base/context.ts";
import { teamOf } from "#server/platform/teams/team-of.ts";
import { IncidentRoles } from "#server/respond/incidents/contract.ts";
import type { StoredIncident } from "#server/respond/incidents/incident-rows.ts";
import { findAdmins } from "#server/respond/oncall/escalation/find-admins.ts";
import { findOnCall } from "#server/respond/oncall/schedules/find-on-call.ts";

/**
 * Pages whoever is responsible for an incident that seemed to recover and does not, in the caller's transaction: its lead, or else those
 * who acknowledged its alerts, or else the on-call engineer, or else the admins.
 * @param key makes the page idempotent
 */
export async function pageLead(
  ctx: Context,
  incident: StoredIncident,
  { reason, key, now }: { reason: string; key: string; now: Date },
): Promise<void> {
  const { id, number, title, endpoint } = incident;
  for (const userId of await responsible(ctx, incident, now)) {
    await enqueueNotification(ctx, {
      to: { userId },
      kind: "incident",
      severity: "page",
      incidentId: id,
      deduplicationKey: `${key}:${userId}`,
      message: {
        title: `INC-${number} needs you again · ${title}`,
        lines: [`The incident is not recovering: ${reason}.`],
        facts: endpoint ? [{ name: "Endpoint", value: endpoint }] : [],
        severity: "page",
        status: "firing",
        reason: "",
        receiver: "",
        groupKey: `incident:${id}`,
        groupLabels: {},
        alerts: [],
        links: [{ text: "Open the board", path: incidentBoardPath(number) }],
      },
    });
  }
}

async function responsible(ctx: Context, incident: StoredIncident, now: Date): Promise<string[]> {
  const { lead } = IncidentRoles.parse(incident.roles);
  if (lead) return [lead];
  const groups = await ctx.db
    .select({ acknowledgement: alertGroups.acknowledgement })
    .from(alertGroups)
    .where(and(eq(alertGroups.workspaceId, ctx.actor.workspaceId), eq(alertGroups.incidentId, incident.id)));
  const owners = groups.flatMap(({ acknowledgement }) => Acknowledgement.safeParse(acknowledgement).data?.userId ?? []);
  if (owners.length > 0) return [...new Set(owners)];
  const { endpointId } = incident;
  const teamId = incident.teamId ?? (endpointId ? ((await teamOf(ctx, { endpointId }))?.id ?? null) : null);
  const onCall = await findOnCall(ctx, { teamId }, now);
  return (onCall.length > 0 ? onCall : await findAdmins(ctx)).map(({ userId }) => userId);
}
