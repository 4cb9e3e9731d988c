import { and, eq } from "drizzle-orm";
import { incidents, timelineEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { momentOf } from "#server/respond/incidents/runbooks/moments.ts";
import { tickWhen } from "#server/respond/incidents/runbooks/tick-when.ts";
import { type NewTimelineEvent, TimelineLink } from "./contract.ts";

/**
 * Adds an event to the timeline of an incident, in the caller's transaction, and ticks the runbook steps that wait for it.
 * For other domains: the caller has checked permissions for the change.
 * @returns the event's number; undefined where its once-key existed already, or there is no such incident
 */
export async function addTimelineEvent(
  ctx: Context,
  incidentId: string,
  event: NewTimelineEvent,
): Promise<number | undefined> {
  const { workspaceId, kind: actorKind, name: actorName } = ctx.actor;
  const [incident] = await ctx.db
    .select({ id: incidents.id, runbookId: incidents.runbookId })
    .from(incidents)
    .where(and(eq(incidents.id, incidentId), eq(incidents.workspaceId, workspaceId)));
  if (!incident) return undefined;
  const { at = new Date(), kind, title, body, links = [], isProbableCause = false, deduplicationKey } = event;
  const [row] = await ctx.db
    .insert(timelineEvents)
    .values({
      workspaceId,
      incidentId,
      at,
      kind,
      title,
      isProbableCause,
      body: body ?? null,
      deduplicationKey: deduplicationKey ?? null,
      actorName,
      actorKind: actorKind === "system" ? "system" : "person",
      links: links.map((link) => TimelineLink.parse(link)),
    })
    .onConflictDoNothing()
    .returning({ id: timelineEvents.id });
  if (!row) return undefined;
  const moment = momentOf(event);
  if (moment && incident.runbookId) await tickWhen(ctx, { ...incident, runbookId: incident.runbookId }, moment);
  await publish(ctx, "incident", incidentId);
  return row.id;
}
