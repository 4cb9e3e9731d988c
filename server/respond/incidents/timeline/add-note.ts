import { and, eq } from "drizzle-orm";
import { timelineEvents } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findIncident, renewFacts } from "../incident-rows.ts";
import { addTimelineEvent } from "./add-timeline-event.ts";
import { AddNote, type TimelineEvent } from "./contract.ts";
import { eventOf } from "./queries.ts";

/**
 * Adds a note to the timeline of an incident, including a resolved one.
 * @throws DomainError "not-found"; "invalid" for a time in the future
 */
export async function addNote(ctx: Context, input: AddNote, idempotencyKey?: string): Promise<TimelineEvent> {
  permit(ctx, "addNote");
  const { number, body, ...event } = AddNote.parse(input);
  refuseToCome(event.at);
  const { id: incidentId } = await findIncident(ctx, number);
  const { eventId } = await once(ctx, "addNote", idempotencyKey, { number, body, ...event }, (ctx) =>
    transact(ctx, async (ctx) => {
      const eventId = await addTimelineEvent(ctx, incidentId, { ...event, ...(body && { body }) });
      if (event.isProbableCause) await renewFacts(ctx, incidentId);
      return { eventId };
    }),
  );
  const [row] = await ctx.db
    .select()
    .from(timelineEvents)
    .where(and(eq(timelineEvents.id, eventId ?? 0), eq(timelineEvents.workspaceId, ctx.actor.workspaceId)));
  if (!row) throw new Error("The note was not inserted.");
  return eventOf(row);
}

/** Rejects a time in the future. @throws DomainError "invalid" */
export function refuseToCome(at: Date | undefined): void {
  if (!at || at.getTime() <= Date.now()) return;
  throw new DomainError("invalid", "The time is in the future. Enter a time in the past.", { field: "at" });
}
