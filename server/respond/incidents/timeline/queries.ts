import { and, desc, eq } from "drizzle-orm";
import { timelineEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findIncident } from "../incident-rows.ts";
import { ListTimeline, type TimelineEvent, TimelineKind, TimelineLink } from "./contract.ts";

/** Of a longer timeline, the newest events are shown: what someone who opens it now has to know. */
const maxEvents = 2000;

/**
 * Lists the timeline of an incident, oldest first, in its current form: superseded events are left out.
 * @throws DomainError "not-found"
 */
export async function listTimeline(ctx: Context, input: ListTimeline): Promise<TimelineEvent[]> {
  permit(ctx, "listTimeline");
  const { number, kinds } = ListTimeline.parse(input);
  const { id } = await findIncident(ctx, number);
  const events = await readTimeline(ctx, id);
  return kinds ? events.filter(({ kind }) => kinds.includes(kind)) : events;
}

/** Reads the timeline of an incident, oldest first. The caller has checked permissions. */
export async function readTimeline(ctx: Context, incidentId: string): Promise<TimelineEvent[]> {
  const rows = await ctx.db
    .select()
    .from(timelineEvents)
    .where(and(eq(timelineEvents.incidentId, incidentId), eq(timelineEvents.workspaceId, ctx.actor.workspaceId)))
    .orderBy(desc(timelineEvents.at), desc(timelineEvents.id))
    .limit(maxEvents);
  const superseded = new Set(rows.map(({ supersedes }) => supersedes));
  return rows
    .filter(({ id }) => !superseded.has(id))
    .map(eventOf)
    .reverse();
}

export function eventOf(row: typeof timelineEvents.$inferSelect): TimelineEvent {
  const { id, at, recordedAt, title, body, actorKind, actorName, isProbableCause, supersedes } = row;
  return {
    id,
    at,
    recordedAt,
    title,
    body,
    isProbableCause,
    supersedes,
    kind: TimelineKind.catch("note").parse(row.kind),
    actor: { kind: actorKind, name: actorName },
    links: TimelineLink.array().parse(row.links),
  };
}
