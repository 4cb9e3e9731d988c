import { and, asc, eq, sql } from "drizzle-orm";
import { gameDayCounts, gameDayEvents, gameDays } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import type { Span } from "#server/base/span.ts";
import { sumTraffic } from "#server/serve/series/window-sums.ts";
import { windowSeconds } from "#server/serve/windows/contract.ts";
import type { StoredSlo } from "#server/watch/objectives/stored-slos.ts";
import { readSloBudget } from "#server/watch/slo/counting/read-slo-budget.ts";
import { listChanges } from "../../changes/queries.ts";
import { type Baseline, type BudgetUse, limits } from "../contract.ts";
import type { GameDayRow } from "../game-day-rows.ts";
import type { Act, GameDayFacts } from "./facts.ts";
import { readAcknowledgements, readFired, readGroups } from "./read-fired.ts";
import { readJob } from "./read-job.ts";
import { readNotSent } from "./read-not-sent.ts";
import { findObjectives, findOthers, readObserved } from "./read-observed.ts";
import { readSent } from "./read-sent.ts";

const noBaseline: Baseline = { onCall: null, budgets: [], steady: [], firingAlerts: [] };

/**
 * Gathers what the report of a game day follows from, from the rows of alerts, notifications, SLOs and changes themselves. The caller has
 * checked permissions. @param now milliseconds since 1970 @throws Error for one that has not started
 */
export async function readFacts(ctx: Context, day: GameDayRow, now: number): Promise<GameDayFacts> {
  if (!day.startedAt) throw new Error("A game day that has not started has no facts.");
  const { fault, expectations, endpointId, endReason } = day;
  const baseline = day.baseline ?? noBaseline;
  const startedAt = day.startedAt.getTime();
  const endedAt = day.endedAt?.getTime() ?? null;
  const observedUntil = Math.min(now, (endedAt ?? now) + limits.reportSeconds * 1000);
  const observed = { from: startedAt, to: observedUntil };
  const minutes = { from: floorMinute(startedAt) - limits.steadySeconds * 1000, to: floorMinute(observedUntil) };
  const own = await findObjectives(ctx, endpointId);
  const others = await findOthers(
    ctx,
    baseline.steady.map(({ sloId }) => sloId),
  );
  const all = (await readFired(ctx, observed)).filter(
    ({ fingerprint }) => !baseline.firingAlerts.includes(fingerprint),
  );
  const fired = all.filter((alert) => alert.endpointId === endpointId);
  const otherRules = new Set(others.map(({ id }) => `slo:${id}`));
  const isOther = ({ severity, ruleKey, at, ...alert }: (typeof all)[number]) =>
    alert.endpointId !== endpointId && (severity === "page" || otherRules.has(ruleKey)) && at <= (endedAt ?? now);
  const groups = await readGroups(
    ctx,
    fired.map(({ fingerprint }) => fingerprint),
    observed,
  );
  const sent = await readSent(ctx, groups, observed);
  const notified = new Set(sent.flatMap(({ groupId }) => groupId ?? []));
  return {
    fault,
    expectations,
    startedAt,
    endedAt,
    isAborted: day.state === "aborted",
    endReason,
    now,
    start: await readStart(ctx, day.id),
    objectives: await readObserved(ctx, own, minutes),
    others: await readObserved(ctx, others, minutes),
    fired,
    otherAlerts: all.filter(isOther),
    sent,
    notSent: await readNotSent(ctx, fired, { groups, notified, at: observedUntil }),
    acknowledgements: await readAcknowledgements(ctx, groups, observed),
    actions: await readActions(ctx, endpointId, observed),
    ...(await readCounts(ctx, day.id)),
    requests: await countRequests(ctx, endpointId, { from: startedAt, to: endedAt ?? now }),
    budgets: await readBudgets(ctx, own, { baseline, endedAt, now }),
    job: fault.kind === "job-preempted" ? await readJob(ctx, fault.job, startedAt) : null,
  };
}

async function readStart(ctx: Context, gameDayId: string): Promise<string> {
  const [row] = await ctx.db
    .select({ words: gameDayEvents.words })
    .from(gameDayEvents)
    .where(
      and(
        eq(gameDayEvents.workspaceId, ctx.actor.workspaceId),
        eq(gameDayEvents.gameDayId, gameDayId),
        eq(gameDayEvents.kind, "started"),
      ),
    )
    .orderBy(asc(gameDayEvents.at))
    .limit(1);
  return row?.words ?? "";
}

async function readActions(ctx: Context, endpointId: string, { from, to }: Span): Promise<Act[]> {
  const changes = await listChanges(ctx, { endpointId, from: new Date(from), to: new Date(to) });
  const own = changes.filter((change) => change.endpointId === endpointId).toReversed();
  return own.map(({ at, actor, title, href }) => {
    return { at: at.getTime(), by: actor === leeway ? null : actor, title, href };
  });
}

/** Name of Leeway itself as an actor: what it does is no action of a person. */
const leeway = "Leeway";

async function readCounts(ctx: Context, gameDayId: string): Promise<Pick<GameDayFacts, "affected" | "failed">> {
  const [sum] = await ctx.db
    .select({
      affected: sql<number>`coalesce(sum(${gameDayCounts.affected}), 0)::float8`,
      failed: sql<number>`coalesce(sum(${gameDayCounts.failed}), 0)::float8`,
    })
    .from(gameDayCounts)
    .innerJoin(gameDays, eq(gameDays.id, gameDayCounts.gameDayId))
    .where(and(eq(gameDays.workspaceId, ctx.actor.workspaceId), eq(gameDays.id, gameDayId)));
  return sum ?? { affected: 0, failed: 0 };
}

/** Counts all requests of the endpoint, those from the cache too, in the windows that begin within a span. */
async function countRequests(ctx: Context, endpointId: string, { from, to }: Span): Promise<number> {
  const start = Math.floor(from / (windowSeconds * 1000)) * windowSeconds * 1000;
  const only = sql`arm <> 'shadow'`;
  const span = { endpointId, from: new Date(start), to: new Date(to), only };
  const [sum] = await sumTraffic<null>(ctx, span, "window", sql`'null'::jsonb`);
  return sum ? sum.requests + sum.cacheHits + sum.coalesced : 0;
}

/** Reads what is left of the error budgets, at the end of the game day once it has ended: what came after is not of its making. */
async function readBudgets(
  ctx: Context,
  own: readonly StoredSlo[],
  { baseline, endedAt, now }: { baseline: Baseline; endedAt: number | null; now: number },
): Promise<BudgetUse[]> {
  const budgets: BudgetUse[] = [];
  for (const slo of own) {
    const before = baseline.budgets.find(({ sloId }) => sloId === slo.id)?.remaining ?? null;
    const name = slo.definition.displayName || slo.name;
    budgets.push({ sloId: slo.id, name, before, after: await remainingOf(ctx, slo, endedAt, now) });
  }
  return budgets;
}

async function remainingOf(ctx: Context, slo: StoredSlo, endedAt: number | null, now: number): Promise<number | null> {
  // While it runs, the number of the SLO's page: the worker counts it every few seconds.
  if (endedAt === null && slo.state) return slo.state.budget.remaining;
  const at = endedAt === null ? now : Math.min(now, Math.ceil(endedAt / minuteMs) * minuteMs);
  return (await readSloBudget(ctx, slo, at)).remaining;
}

function floorMinute(at: number): number {
  return Math.floor(at / minuteMs) * minuteMs;
}
