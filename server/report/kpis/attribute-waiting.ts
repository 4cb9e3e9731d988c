import { and, desc, eq, gte, isNull } from "drizzle-orm";
import { kpiEvents, kpis } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { type Attempt, attemptOnce } from "#server/platform/jobs/watcher.ts";
import { eventLocations } from "./event-locations.ts";
import { feedRollouts } from "./feed-rollouts.ts";

/** Time after which an event without a matching prediction stays without a version. */
const waitsMs = 7 * dayMs;
const maxConcurrent = 2000;

/**
 * Job: attributes events that arrived before their prediction to its version, once it is in the log. Idempotent. Each KPI is an item: one
 * whose events fail stops no other.
 */
export async function attributeWaiting(ctx: Context, now = Date.now(), attempt: Attempt = attemptOnce): Promise<void> {
  const { workspaceId } = ctx.actor;
  const since = new Date(now - waitsMs);
  const waits = and(isNull(kpiEvents.versionId), gte(kpiEvents.receivedAt, since));
  const waiting = await ctx.db
    .selectDistinct({ id: kpis.id, name: kpis.name })
    .from(kpiEvents)
    .innerJoin(kpis, eq(kpis.id, kpiEvents.kpiId))
    .where(and(eq(kpiEvents.workspaceId, workspaceId), isNull(kpis.archivedAt), waits));
  for (const kpi of waiting) {
    await attempt({ id: `kpi ${kpi.id}`, workspaceId }, () => transact(ctx, (ctx) => attributeKpi(ctx, kpi, since)));
  }
}

async function attributeKpi(ctx: Context, { id, name }: { id: string; name: string }, since: Date): Promise<void> {
  const ofKpi = and(
    eq(kpiEvents.workspaceId, ctx.actor.workspaceId),
    eq(kpiEvents.kpiId, id),
    isNull(kpiEvents.versionId),
  );
  const events = await ctx.db
    .select()
    .from(kpiEvents)
    .where(and(ofKpi, gte(kpiEvents.receivedAt, since)))
    .orderBy(desc(kpiEvents.receivedAt))
    .limit(maxConcurrent);
  const locations = await eventLocations(ctx, events);
  const found = events.flatMap((event, index) => {
    const location = locations[index];
    return location?.versionId ? [{ ...event, ...location }] : [];
  });
  for (const { eventId, endpointId, versionId, rolloutId, arm, foundBy } of found) {
    await ctx.db
      .update(kpiEvents)
      .set({ endpointId, versionId, rolloutId, arm, foundBy })
      .where(and(ofKpi, eq(kpiEvents.eventId, eventId)));
  }
  if (found.length > 0) await feedRollouts(ctx, name, found);
}
