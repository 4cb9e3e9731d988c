import { and, asc, eq, inArray, isNull } from "drizzle-orm";
import { kpis } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { keepEvents, requestsWithNamedEvents, unnamedId } from "./keep-events.ts";

/** Outcome of a prediction, as reported to rollouts. */
interface ReportedOutcome {
  requestId?: string | undefined;
  key?: string | undefined;
  name: string;
  value?: number | undefined;
  at?: Date | undefined;
}

/**
 * Stores outcomes posted to rollouts as events of the KPIs with the same names, under the ids of events without an id: posted to either of
 * them, once or twice, a request or unit counts once, with its last value. An outcome without a value counts as 1. Names without a KPI are
 * ignored. Runs in the caller's transaction. The caller has checked permissions.
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
