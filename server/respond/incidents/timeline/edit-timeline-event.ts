import { and, eq } from "drizzle-orm";
import { timelineEvents } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { tickWhen } from "#server/respond/incidents/runbooks/tick-when.ts";
import { lockIncident, renewFacts } from "../incident-rows.ts";
import { refuseToCome } from "./add-note.ts";
import { EditTimelineEvent, type TimelineEvent } from "./contract.ts";
import { eventOf } from "./queries.ts";

/**
 * Corrects an event of a timeline, or marks it as the probable cause: a new event supersedes the previous one, which stays stored.
 * @throws DomainError "not-found"; "conflict" when it has been corrected meanwhile; "invalid" for a time in the future
 */
export async function editTimelineEvent(ctx: Context, input: EditTimelineEvent): Promise<TimelineEvent> {
  permit(ctx, "editTimelineEvent");
  const { number, eventId, ...change } = EditTimelineEvent.parse(input);
  refuseToCome(change.at);
  return transact(ctx, async (ctx) => {
    const { id: incidentId, runbookId } = await lockIncident(ctx, number);
    const { workspaceId, kind: actorKind, name: actorName } = ctx.actor;
    const ofIt = and(eq(timelineEvents.incidentId, incidentId), eq(timelineEvents.workspaceId, workspaceId));
    const [before] = await ctx.db
      .select()
      .from(timelineEvents)
      .where(and(ofIt, eq(timelineEvents.id, eventId)));
    if (!before) throw new DomainError("not-found", "Timeline event not found.");
    const newer = await ctx.db.$count(timelineEvents, and(ofIt, eq(timelineEvents.supersedes, eventId)));
    if (newer > 0) {
      throw new DomainError("conflict", "This event was edited by someone else. Reload the timeline.");
    }
    const { title = before.title, at = before.at, isProbableCause = before.isProbableCause } = change;
    const body = change.body === undefined ? before.body : change.body || null;
    const [row] = await ctx.db
      .insert(timelineEvents)
      .values({
        workspaceId,
        incidentId,
        at,
        title,
        body,
        isProbableCause,
        supersedes: eventId,
        kind: before.kind,
        links: before.links,
        actorName,
        actorKind: actorKind === "system" ? "system" : "person",
      })
      .returning();
    if (!row) throw new Error("The event was not inserted.");
    // A person says what it was: that is a find, also where Leeway had only supposed it.
    if (isProbableCause && runbookId) await tickWhen(ctx, { id: incidentId, runbookId }, "cause-found");
    // Alerts of other endpoints with the same cause join the incident.
    if (isProbableCause !== before.isProbableCause) await renewFacts(ctx, incidentId);
    await publish(ctx, "incident", incidentId);
    return eventOf(row);
  });
}
