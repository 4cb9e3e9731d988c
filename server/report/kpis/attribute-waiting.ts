import { and, desc, eq, gte, isNull } from "drizzle-orm";
import { kpiEvents, kpis } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { eventLocations } from "./event-locations.ts";
import { feedRollouts } from "./feed-rollouts.ts";

/** Time after which an event without a matching prediction stays without a version. */
const waitsMs = 7 * dayMs;
const maxConcurrent = 2000;

/** Job: attributes events that arrived before their prediction to its version, once it is in the log. Idempotent. */
export async function attributeWaiting(ctx: Context, now = Date.now()): Promise<void> {
  const ofWorkspace = eq(kpiEvents.workspaceId, ctx.actor.workspaceId);
  await transact(ctx, async (ctx) => {
    const waiting = await ctx.db
      .select({ event: kpiEvents, name: kpis.name })
      .from(kpiEvents)
      .innerJoin(kpis, eq(kpis.id, kpiEvents.kpiId))
      .where(
        and(
          ofWorkspace,
          isNull(kpiEvents.versionId),
          isNull(kpis.archivedAt),
          gte(kpiEvents.receivedAt, new Date(now - waitsMs)),
        ),
      )
      .orderBy(desc(kpiEvents.receivedAt))
      .limit(maxConcurrent);
    const events = waiting.map(({ event }) => event);
    const locations = await eventLocations(ctx, events);
    const found = waiting.flatMap(({ event, name }, index) => {
      const location = locations[index];
      return location?.versionId ? [{ name, ...event, ...location }] : [];
    });
    for (const { kpiId, eventId, endpointId, versionId, rolloutId, arm } of found) {
      await ctx.db
        .update(kpiEvents)
        .set({ endpointId, versionId, rolloutId, arm })
        .where(
          and(ofWorkspace, eq(kpiEvents.kpiId, kpiId), eq(kpiEvents.eventId, eventId), isNull(kpiEvents.versionId)),
        );
    }
    for (const [name, own] of Map.groupBy(found, ({ name }) => name)) await feedRollouts(ctx, name, own);
  });
}
