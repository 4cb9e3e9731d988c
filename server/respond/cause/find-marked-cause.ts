import { and, desc, eq, isNotNull, notInArray } from "drizzle-orm";
import { timelineEvents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { MarkedCause } from "./conclude-cause.ts";

/** Finds what is marked as the cause on the timeline of an incident, the newest of several. The caller has checked permissions. */
export async function findMarkedCause(ctx: Context, incidentId: string): Promise<MarkedCause | undefined> {
  const ofIncident = and(
    eq(timelineEvents.workspaceId, ctx.actor.workspaceId),
    eq(timelineEvents.incidentId, incidentId),
  );
  const superseded = ctx.db
    .select({ id: timelineEvents.supersedes })
    .from(timelineEvents)
    .where(and(ofIncident, isNotNull(timelineEvents.supersedes)));
  const [row] = await ctx.db
    .select()
    .from(timelineEvents)
    .where(and(ofIncident, eq(timelineEvents.isProbableCause, true), notInArray(timelineEvents.id, superseded)))
    .orderBy(desc(timelineEvents.id))
    .limit(1);
  if (!row) return undefined;
  const { title, actorName: by } = row;
  const key = await keyOf(ctx, row);
  return { key: /^(change|finding):/.test(key) ? key : null, title, by };
}

/** Returns the key of an event, or of the one that it corrects. */
async function keyOf(ctx: Context, row: typeof timelineEvents.$inferSelect): Promise<string> {
  let event: typeof row | undefined = row;
  while (event && event.deduplicationKey === null && event.supersedes !== null) {
    const [before]: (typeof row)[] = await ctx.db
      .select()
      .from(timelineEvents)
      .where(and(eq(timelineEvents.id, event.supersedes), eq(timelineEvents.workspaceId, ctx.actor.workspaceId)));
    event = before;
  }
  return event?.deduplicationKey ?? "";
}
