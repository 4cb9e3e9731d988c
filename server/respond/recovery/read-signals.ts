import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { rowOf } from "#server/base/rows-of.ts";
import { readObjectives } from "#server/respond/incidents/impact/read-objectives.ts";
import { maxShortMinutes, usualShortMinutes } from "#server/respond/incidents/stages/constants.ts";
import { isImprobable } from "#server/stats/burn-rate/gate.ts";
import type { TierReading } from "#server/watch/objectives/contract.ts";
import type { MinuteCounts } from "#server/watch/objectives/indicators/contract.ts";
import { recentBurn } from "#server/watch/slo/evaluation/burn-alerts.ts";

const Firing = z.object({ firing: z.number(), otherPages: z.number() });

export interface Signals extends z.infer<typeof Firing> {
  /** Highest burn rate of the linked SLOs in the shortest window of their alerts, or of their pages that fire; null without SLOs or traffic. */
  burn: number | null;
  /** The same by endpoint. */
  burns: ReadonlyMap<string, number>;
  /** Whether a burn rate of 1 or more may be chance: a single failure of a quiet minute. */
  isChance: boolean;
}

function isPaging({ tier, isFiring }: TierReading): boolean {
  return isFiring && tier.severity === "page";
}

function sumLast({ good, total }: MinuteCounts, minutes: number): { bad: number; total: number } {
  const sum = { bad: 0, total: 0 };
  for (let at = Math.max(0, total.length - minutes); at < total.length; at += 1) {
    sum.total += total[at] ?? 0;
    sum.bad += (total[at] ?? 0) - (good[at] ?? 0);
  }
  return sum;
}

/** Failures that a service on target has so often say nothing about its recovery. */
const maxChance = 0.01;

/** An older evaluation of an SLO says nothing about now. */
const freshMs = 2 * minuteMs;

/** Reads what tells whether an incident goes on: the burn rate of its SLOs, and its unmuted alerts. @param now milliseconds since 1970 */
export async function readSignals(ctx: Context, incidentId: string, now: number): Promise<Signals> {
  const to = Math.floor(now / minuteMs) * minuteMs;
  const objectives = await readObjectives(ctx, incidentId, { from: to - maxShortMinutes * minuteMs, to });
  const rates = objectives.flatMap(({ endpointId, counts, target, shortMinutes, state }) => {
    // A page evaluates the minute that has not ended, too: an outage of its first seconds is in no complete one yet.
    const pages = state && now - state.at < freshMs ? state.tiers.filter(isPaging) : [];
    const paging =
      state && pages.length > 0 ? [{ endpointId, rate: recentBurn({ ...state, tiers: pages }), isChance: false }] : [];
    const minutes = Math.min(shortMinutes ?? usualShortMinutes, maxShortMinutes);
    const { bad, total } = sumLast(counts, minutes);
    if (total === 0) return paging;
    const isChance = !isImprobable({ bad, total }, 1 - target, maxChance);
    return [...paging, { endpointId, rate: Math.max(0, bad / total / (1 - target)), isChance }];
  });
  const firing = await ctx.db.execute(sql`
    select count(*)::int as firing,
      count(*) filter (where alert.severity = 'page' and one.summary->>'sloId' is null)::int as "otherPages"
    from alert_groups as one
    join alert_group_members as member on member.group_id = one.id
    join alerts as alert on alert.workspace_id = member.workspace_id and alert.fingerprint = member.fingerprint
    where one.workspace_id = ${ctx.actor.workspaceId} and one.incident_id = ${incidentId} and one.ended_at is null
      and member.muted is null and alert.ends_at > ${new Date(now).toISOString()}::timestamptz`);
  const burns = new Map<string, number>();
  for (const { endpointId, rate } of rates) {
    if (endpointId !== null) burns.set(endpointId, Math.max(rate, burns.get(endpointId) ?? 0));
  }
  const burning = rates.filter(({ rate }) => rate >= 1);
  return {
    burn: rates.length > 0 ? Math.max(...rates.map(({ rate }) => rate)) : null,
    burns,
    isChance: burning.every((each) => each.isChance),
    ...rowOf(Firing, firing),
  };
}
