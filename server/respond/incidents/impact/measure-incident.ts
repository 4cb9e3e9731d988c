import { isDeepStrictEqual } from "node:util";
import { and, eq, gte, inArray, isNotNull, lt, ne, sql } from "drizzle-orm";
import { incidents, predictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { dayMs } from "#server/base/durations.ts";
import { publish } from "#server/platform/events/publish.ts";
import { countIndicator } from "#server/watch/slo/indicators/count-indicator.ts";
import { ImpactCounts } from "../contract.ts";
import { type StoredIncident, thisIncident } from "../incident-rows.ts";
import { type CountedImpact, countImpact } from "./count-impact.ts";
import { type ReadObjective, readObjectives } from "./read-objectives.ts";

type Measured = Pick<StoredIncident, "id" | "endpointId" | "startedAt" | "mitigatedAt" | "resolvedAt" | "impact">;

const maxDays = 30;
const none: CountedImpact = { badEvents: 0, events: 0, impactMinutes: 0 };

/**
 * Measures the impact of an incident, from its start until it was mitigated or now, and stores it (docs/spec/alerting.md section 20): the sum
 * over endpoints, of each from the linked objective with the most bad events because two objectives of one endpoint count the same requests;
 * without any, from the failed requests of the endpoint.
 */
export async function measureIncident(ctx: Context, incident: Measured): Promise<ImpactCounts> {
  const now = await databaseNow(ctx.db);
  const to = (incident.mitigatedAt ?? incident.resolvedAt)?.getTime() ?? now;
  const span = { from: Math.max(incident.startedAt.getTime(), now - maxDays * dayMs), to };
  const objectives = await readObjectives(ctx, incident.id, span);
  const counted = objectives.map(({ counts }) => countImpact(counts, span));
  const endpointIds = [incident.endpointId, ...objectives.map(({ endpointId }) => endpointId)].filter(
    (id) => id !== null,
  );
  const impact: ImpactCounts = {
    ...(objectives.length > 0 ? sumOfWorst(objectives, counted) : await unanswered(ctx, incident.endpointId, span)),
    customerMinutes: await customerMinutes(ctx, endpointIds, span),
    budgets: objectives.flatMap(({ id, name, target, state }, index) => {
      const allowed = (1 - target) * (state?.budget.total ?? 0);
      return allowed > 0 ? [{ sloId: id, name, spent: (counted[index]?.badEvents ?? 0) / allowed }] : [];
    }),
  };
  if (isDeepStrictEqual(ImpactCounts.parse(incident.impact), impact)) return impact;
  await ctx.db.update(incidents).set({ impact }).where(thisIncident(ctx, incident.id));
  await publish(ctx, "incident", incident.id);
  return impact;
}

/** Adds up the impact at each endpoint, from its objective with the most bad events. */
function sumOfWorst(objectives: readonly ReadObjective[], counted: readonly CountedImpact[]): CountedImpact {
  const worst = new Map<string | null, CountedImpact>();
  for (const [index, { endpointId }] of objectives.entries()) {
    const impact = counted[index] ?? none;
    const known = worst.get(endpointId);
    if (!known || impact.badEvents > known.badEvents) worst.set(endpointId, impact);
  }
  const sum = { ...none };
  for (const { badEvents, events, impactMinutes } of worst.values()) {
    sum.badEvents += badEvents;
    sum.events += events;
    sum.impactMinutes += impactMinutes;
  }
  return sum;
}

async function unanswered(ctx: Context, endpointId: string | null, span: { from: number; to: number }) {
  if (!endpointId) return none;
  return countImpact(await countIndicator(ctx, { kind: "availability", endpointId }, span), span);
}

/**
 * Counts customer minutes: the sum over minutes of distinct callers whose requests failed at one of the endpoints. The log stores every failed request.
 * @returns null where callers are not identified
 */
async function customerMinutes(
  ctx: Context,
  endpointIds: readonly string[],
  { from, to }: { from: number; to: number },
): Promise<number | null> {
  const minute = sql`date_trunc('minute', ${predictions.at})`;
  const rows = await ctx.db
    .select({ callers: sql<number>`count(distinct ${predictions.caller})::int` })
    .from(predictions)
    .where(
      and(
        eq(predictions.workspaceId, ctx.actor.workspaceId),
        inArray(predictions.endpointId, [...endpointIds]),
        ne(predictions.arm, "shadow"),
        gte(predictions.status, 500),
        isNotNull(predictions.caller),
        gte(predictions.at, new Date(from)),
        lt(predictions.at, new Date(to)),
      ),
    )
    .groupBy(minute);
  return rows.length === 0 ? null : rows.reduce((sum, { callers }) => sum + callers, 0);
}
