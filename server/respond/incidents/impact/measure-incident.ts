import { isDeepStrictEqual } from "node:util";
import { and, eq, gte, isNotNull, lt, ne, sql } from "drizzle-orm";
import { incidents, predictions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { dayMs } from "#server/base/durations.ts";
import { publish } from "#server/platform/events/publish.ts";
import { countIndicator } from "#server/watch/slo/indicators/count-indicator.ts";
import { ImpactCounts } from "../contract.ts";
import { type StoredIncident, thisIncident } from "../incident-rows.ts";
import { type CountedImpact, countImpact } from "./count-impact.ts";
import { readObjectives } from "./read-objectives.ts";

type Measured = Pick<StoredIncident, "id" | "endpointId" | "startedAt" | "mitigatedAt" | "resolvedAt" | "impact">;

const maxDays = 30;
const none: CountedImpact = { badEvents: 0, events: 0, impactMinutes: 0 };

/**
 * Measures the impact of an incident, from its start until it was mitigated or now, and stores it (docs/spec/alerting.md section 20): from
 * the linked objective with the most bad events because two objectives of one endpoint count the same requests; without any, from the
 * failed requests of the endpoint.
 */
export async function measureIncident(ctx: Context, incident: Measured): Promise<ImpactCounts> {
  const now = await databaseNow(ctx.db);
  const to = (incident.mitigatedAt ?? incident.resolvedAt)?.getTime() ?? now;
  const span = { from: Math.max(incident.startedAt.getTime(), now - maxDays * dayMs), to };
  const objectives = await readObjectives(ctx, incident.id, span);
  const counted = objectives.map(({ counts }) => countImpact(counts, span));
  const worst = counted.toSorted((one, other) => other.badEvents - one.badEvents)[0];
  const impact: ImpactCounts = {
    ...(worst ?? (await unanswered(ctx, incident.endpointId, span))),
    customerMinutes: incident.endpointId ? await customerMinutes(ctx, incident.endpointId, span) : null,
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

async function unanswered(ctx: Context, endpointId: string | null, span: { from: number; to: number }) {
  if (!endpointId) return none;
  return countImpact(await countIndicator(ctx, { kind: "availability", endpointId }, span), span);
}

/**
 * Counts customer minutes: the sum over minutes of distinct callers whose requests failed. The log stores every failed request.
 * @returns null where callers are not identified
 */
async function customerMinutes(
  ctx: Context,
  endpointId: string,
  { from, to }: { from: number; to: number },
): Promise<number | null> {
  const minute = sql`date_trunc('minute', ${predictions.at})`;
  const rows = await ctx.db
    .select({ callers: sql<number>`count(distinct ${predictions.caller})::int` })
    .from(predictions)
    .where(
      and(
        eq(predictions.workspaceId, ctx.actor.workspaceId),
        eq(predictions.endpointId, endpointId),
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
