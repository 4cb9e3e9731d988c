import { and, asc, eq, gt, inArray, isNotNull, lte, sql } from "drizzle-orm";
import { alertEvents, alertGroupMembers, alertGroups, alerts, endpoints, incidents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { Span } from "#server/base/span.ts";
import type { Act, FiredAlert } from "./facts.ts";

const maxAlerts = 500;
const maxActs = 50;

/** An alert with what decides whether and where it notifies. */
export interface ReadAlert extends FiredAlert {
  endpointId: string;
  ruleKey: string;
  labels: Record<string, string>;
}

/** Reads the alerts of endpoints that began to fire within a span, oldest first. @param span in milliseconds since 1970 */
export async function readFired(ctx: Context, { from, to }: Span): Promise<ReadAlert[]> {
  const { workspaceId } = ctx.actor;
  const rows = await ctx.db
    .select({
      at: alertEvents.at,
      fingerprint: alerts.fingerprint,
      title: sql<string>`coalesce(nullif(${alerts.annotations}->>'summary', ''), ${alerts.labels}->>'alertname', '')`,
      labels: alerts.labels,
      severity: alerts.severity,
      ruleKey: alerts.ruleKey,
      endpointId: endpoints.id,
      endpoint: endpoints.name,
    })
    .from(alertEvents)
    .innerJoin(
      alerts,
      and(eq(alerts.workspaceId, alertEvents.workspaceId), eq(alerts.fingerprint, alertEvents.fingerprint)),
    )
    .innerJoin(endpoints, eq(endpoints.id, alerts.endpointId))
    .where(
      and(
        eq(alertEvents.workspaceId, workspaceId),
        eq(alertEvents.kind, "firing"),
        gt(alertEvents.at, new Date(from)),
        lte(alertEvents.at, new Date(to)),
      ),
    )
    .orderBy(asc(alertEvents.at), asc(alertEvents.id))
    .limit(maxAlerts);
  return rows.map(({ at, ...row }) => ({ ...row, at: at.getTime(), href: `/alerts/${row.fingerprint}` }));
}

/** Groups in which alerts were, with their receivers and incidents. */
export interface AlertGroupOf {
  id: string;
  receiver: string;
  incidentId: string | null;
  fingerprints: string[];
}

/** Reads the groups that alerts were in since a moment: members leave a group when they are resolved, so its history counts too. */
export async function readGroups(
  ctx: Context,
  fingerprints: readonly string[],
  { from, to }: Span,
): Promise<AlertGroupOf[]> {
  if (fingerprints.length === 0) return [];
  const { workspaceId } = ctx.actor;
  const wanted = [...fingerprints];
  const placed = await ctx.db
    .selectDistinct({ groupId: alertEvents.groupId, fingerprint: alertEvents.fingerprint })
    .from(alertEvents)
    .where(
      and(
        eq(alertEvents.workspaceId, workspaceId),
        eq(alertEvents.kind, "grouped"),
        inArray(alertEvents.fingerprint, wanted),
        gt(alertEvents.at, new Date(from)),
        lte(alertEvents.at, new Date(to)),
        isNotNull(alertEvents.groupId),
      ),
    )
    .limit(maxAlerts);
  const present = await ctx.db
    .select({ groupId: alertGroupMembers.groupId, fingerprint: alertGroupMembers.fingerprint })
    .from(alertGroupMembers)
    .where(and(eq(alertGroupMembers.workspaceId, workspaceId), inArray(alertGroupMembers.fingerprint, wanted)))
    .limit(maxAlerts);
  const members = Map.groupBy([...placed, ...present], ({ groupId }) => groupId ?? "");
  if (members.size === 0) return [];
  const rows = await ctx.db
    .select({ id: alertGroups.id, receiver: alertGroups.receiver, incidentId: alertGroups.incidentId })
    .from(alertGroups)
    .where(and(eq(alertGroups.workspaceId, workspaceId), inArray(alertGroups.id, [...members.keys()])));
  return rows.map((row) => ({
    ...row,
    fingerprints: [...new Set(members.get(row.id)?.flatMap(({ fingerprint }) => fingerprint ?? []))],
  }));
}

/** Reads who acknowledged groups or their incidents within a span, oldest first. */
export async function readAcknowledgements(
  ctx: Context,
  groups: readonly AlertGroupOf[],
  { from, to }: Span,
): Promise<Act[]> {
  if (groups.length === 0) return [];
  const { workspaceId } = ctx.actor;
  const ids = groups.map(({ id }) => id);
  const rows = await ctx.db
    .select({ at: alertEvents.at, by: alertEvents.actor, groupId: alertEvents.groupId })
    .from(alertEvents)
    .where(
      and(
        eq(alertEvents.workspaceId, workspaceId),
        eq(alertEvents.kind, "ack"),
        inArray(alertEvents.groupId, ids),
        gt(alertEvents.at, new Date(from)),
        lte(alertEvents.at, new Date(to)),
      ),
    )
    .orderBy(asc(alertEvents.at))
    .limit(maxActs);
  const ofGroups = rows.map(({ at, by, groupId }) => {
    return { at: at.getTime(), by, title: "Acknowledged", href: `/alerts/groups/${groupId}` };
  });
  if (ofGroups.length > 0) return ofGroups;
  const incidentIds = groups.flatMap(({ incidentId }) => incidentId ?? []);
  if (incidentIds.length === 0) return [];
  // Whoever moves an incident to active has seen it, without acknowledging an alert.
  const found = await ctx.db
    .select({ at: incidents.acknowledgedAt, number: incidents.number })
    .from(incidents)
    .where(
      and(
        eq(incidents.workspaceId, workspaceId),
        inArray(incidents.id, incidentIds),
        gt(incidents.acknowledgedAt, new Date(from)),
        lte(incidents.acknowledgedAt, new Date(to)),
      ),
    )
    .orderBy(asc(incidents.acknowledgedAt))
    .limit(maxActs);
  return found.flatMap(({ at, number }) =>
    at ? [{ at: at.getTime(), by: null, title: "Acknowledged", href: `/incidents/${number}` }] : [],
  );
}
