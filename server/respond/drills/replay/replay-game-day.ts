import { and, eq, isNull } from "drizzle-orm";
import { slos } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findEndpoint } from "#server/serve/endpoints/lookups.ts";
import type { Fault } from "#server/serve/faults/contract.ts";
import type { Histogram } from "#server/stats/histogram.ts";
import type { MinuteCounts } from "#server/watch/objectives/indicators/contract.ts";
import { type StoredSlo, selectSlos } from "#server/watch/objectives/stored-slos.ts";
import { activeAdjustments } from "#server/watch/slo/adjustments/adjustment-rows.ts";
import { countSlo } from "#server/watch/slo/counting/count-slo.ts";
import { periodAt } from "#server/watch/slo/engine/periods.ts";
import { GameDayPlan, type Replay } from "../contract.ts";
import { badShareOf } from "./fault-effect.ts";
import { sharesOf, simulateBurn } from "./simulate-burn.ts";
import { readUsualTraffic, usualEvents } from "./usual-traffic.ts";

const maxObjectives = 20;
/** Days of which clusters of failures are measured. */
const recordDays = 28;

/**
 * Replays the rules of an endpoint over a fault that is only planned: how many requests it would affect, what it would use of the error
 * budgets, and when a rule would page, from the traffic of the same hour of the last seven days. Nothing is saved.
 * @param now milliseconds since 1970 @throws DomainError "not-found" for the endpoint
 */
export async function replayGameDay(ctx: Context, plan: GameDayPlan, now = Date.now()): Promise<Replay> {
  permit(ctx, "replayGameDay");
  const { endpoint: name, fault, scope, share, minutes, startsAt } = GameDayPlan.parse(plan);
  const endpoint = await findEndpoint(ctx, name);
  const start = startOf(startsAt, now);
  const hour = Math.floor(start / hourMs) * hourMs;
  const { perMinute, latencies } = await readUsualTraffic(ctx, endpoint.id, hour);
  const shares = sharesOf({ share, minutes });
  const known = { expectedRequests: Math.round(perMinute * minutes), expectedAffected: 0 };
  const unknown = (problem: string): Replay => ({ ...known, objectives: [], problem });
  if (!isByShare(fault))
    return unknown(
      "The effect of this fault on SLIs depends on the model and its inputs, so the rules cannot be replayed.",
    );
  if (scope === "header") {
    return unknown("Only requests with the header of the fault are affected. Their number is unknown in advance.");
  }
  known.expectedAffected = Math.round(perMinute * shares.reduce((sum, each) => sum + each, 0));
  if (perMinute === 0) return unknown("There was no traffic at this hour in the last 7 days.");
  const found = await selectSlos(ctx, and(eq(slos.endpointId, endpoint.id), isNull(slos.archivedAt)));
  const objectives: Replay["objectives"] = [];
  for (const slo of found) {
    const badShare = shareOf(slo, fault, latencies);
    if (badShare === null || objectives.length === maxObjectives) continue;
    const counts = await readCounts(ctx, slo, start, now);
    const usual = usualEvents(counts, hour);
    const simulated = simulateBurn({
      definition: slo.definition,
      adjustments: await activeAdjustments(ctx, slo.id),
      history: upTo(start, counts, usual),
      usual,
      minutes,
      share,
      badShare,
    });
    objectives.push({ sloId: slo.id, name: slo.definition.displayName || slo.name, ...simulated });
  }
  const problem =
    objectives.length === 0 ? "No SLO of the endpoint measures this fault. No rule would notify anyone." : "";
  return { ...known, objectives, problem };
}

/** Faults with a share whose effect on SLIs is known in advance. */
function isByShare({ kind }: Fault): boolean {
  return kind === "latency" || kind === "errors";
}

function shareOf({ definition: { indicator } }: StoredSlo, fault: Fault, latencies: Histogram): number | null {
  return indicator && badShareOf(fault, indicator, latencies);
}

/**
 * Returns the full minute at which the replay starts: that of the plan, or the same time within a day from now, since the time until a later
 * one is not known.
 */
function startOf(startsAt: Date | null, now: number): number {
  const ahead = startsAt ? Math.max(0, startsAt.getTime() - now) : 0;
  return Math.floor((now + (ahead % dayMs)) / minuteMs) * minuteMs;
}

/** Counts an SLI of the period at the start, and of the days of which its rules measure clusters, up to now. */
async function readCounts(ctx: Context, slo: StoredSlo, start: number, now: number): Promise<MinuteCounts> {
  const first = Math.min(periodAt(slo.definition.period, start).start, start - recordDays * dayMs);
  const from = Math.floor(first / minuteMs) * minuteMs;
  return countSlo(ctx, slo, { from, to: Math.floor(now / minuteMs) * minuteMs });
}

/** Continues counts with usual minutes up to the start. */
function upTo(start: number, counts: MinuteCounts, usual: { total: number; bad: number }): MinuteCounts {
  const length = Math.max(0, Math.round((start - counts.start) / minuteMs));
  const known = Math.min(length, counts.total.length);
  const [good, total] = [new Float64Array(length), new Float64Array(length)];
  good.fill(usual.total - usual.bad, known);
  total.fill(usual.total, known);
  good.set(counts.good.subarray(0, known));
  total.set(counts.total.subarray(0, known));
  return { start: counts.start, good, total };
}
