import { and, eq, sql } from "drizzle-orm";
import { alertGroups, incidentLinks, incidents } from "#db/schema/index.ts";
import { shortTitle } from "#server/alerting/alerts/incident-title.ts";
import { raisedTitle } from "#server/alerting/alerts/raised-title.ts";
import type { Context } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { type StoredIncident, thisIncident } from "./incident-rows.ts";
import { addTimelineEvent } from "./timeline/add-timeline-event.ts";

/**
 * Gives an incident that nobody has acknowledged the title of its alerts, once their share has risen: page, messages and lists have the same
 * title. The caller has locked the incident. A title that a person entered is no title of an alert, and stays.
 */
export async function raiseTitle(ctx: Context, incident: StoredIncident): Promise<void> {
  const { id, number, acknowledgedAt } = incident;
  if (acknowledgedAt !== null) return;
  const before = shortTitle(incident.title);
  const groups = await ctx.db
    .select({ groupId: alertGroups.id, summary: alertGroups.summary, linked: incidentLinks.title })
    .from(alertGroups)
    .innerJoin(
      incidentLinks,
      and(
        eq(incidentLinks.incidentId, id),
        eq(incidentLinks.kind, "alert-group"),
        eq(incidentLinks.ref, sql`${alertGroups.id}::text`),
      ),
    )
    .where(and(eq(alertGroups.workspaceId, ctx.actor.workspaceId), eq(alertGroups.incidentId, id)));
  // Of other rules, such as one about accuracy, a higher share may be the better one.
  const named = groups.find(({ summary, linked }) => isOfSlo(summary.ruleKey) && shortTitle(linked) === before);
  const title = named?.summary.title ?? before;
  if (!named || title === before || raisedTitle(before, title) !== title) return;
  await ctx.db
    .update(incidents)
    .set({ title, revision: sql`${incidents.revision} + 1` })
    .where(thisIncident(ctx, id));
  // The link says whose title it is, so that it can rise again.
  await ctx.db
    .update(incidentLinks)
    .set({ title })
    .where(
      and(
        eq(incidentLinks.workspaceId, ctx.actor.workspaceId),
        eq(incidentLinks.incidentId, id),
        eq(incidentLinks.kind, "alert-group"),
        eq(incidentLinks.ref, named.groupId),
      ),
    );
  await addTimelineEvent(ctx, id, { kind: "metric", title: `The share rose: ${title}`, body: `Before: “${before}”` });
  await record(ctx, "incident.title-raised", {
    subject: `incident/${number}`,
    before: { title: incident.title },
    after: { title },
  });
  await publish(ctx, "incident", id);
}

function isOfSlo(ruleKey: string): boolean {
  return ruleKey.startsWith("slo:");
}
