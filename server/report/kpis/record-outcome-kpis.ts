import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import { kpis } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { keepEvents, requestsWithNamedEvents, unnamedId } from "./keep-events.ts";

/** Something that came of an answer, as rollouts are told of it. */
interface ReportedOutcome {
  requestId?: string | undefined;
  key?: string | undefined;
  name: string;
  value?: number | undefined;
  at?: Date | undefined;
}

/**
 * Keeps what was posted to rollouts as events of the KPIs of the same names, under the ids that events without one have: posted here or there,
 * once or twice, a request or unit counts once, with its last value. One without a value is worth 1. Names that are no KPI are left out. In the
 * caller's transaction; for who was let in already.
 */
export async function recordOutcomeKpis(
  ctx: Context,
  endpointId: string,
  outcomes: readonly ReportedOutcome[],
  now: Date,
) {
  const byName = Map.groupBy(outcomes, ({ name }) => name);
  // In one order, so that two batches wait for each other rather than end each other.
  const live = await ctx.db
    .select({ id: kpis.id, name: kpis.name })
    .from(kpis)
    .where(
      and(eq(kpis.workspaceId, ctx.actor.workspaceId), isNull(kpis.archivedAt), inArray(kpis.name, [...byName.keys()])),
    )
    .orderBy(asc(kpis.id));
  for (const { id, name } of live) {
    const events = (byName.get(name) ?? []).map(({ requestId = null, key: unit = null, value = 1, at = now }) => {
      return { eventId: unnamedId({ requestId, unit }), isNamed: false, requestId, unit, endpointId, value, at };
    });
    const named = await requestsWithNamedEvents(
      ctx,
      id,
      events.flatMap(({ requestId }) => requestId ?? []),
    );
    await keepEvents(
      ctx,
      id,
      events.filter(({ requestId }) => requestId === null || !named.has(requestId)),
    );
  }
}
