import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { rowOf } from "#server/base/rows-of.ts";
import { burnRate } from "#server/respond/incidents/impact/burn-rate.ts";
import { readObjectives } from "#server/respond/incidents/impact/read-objectives.ts";
import { maxShortMinutes, usualShortMinutes } from "#server/respond/incidents/stages/limits.ts";
import { shortWindowBurn } from "#server/watch/slo/evaluation/burn-alerts.ts";

const Firing = z.object({ firing: z.number(), otherPages: z.number() });

export interface Signals extends z.infer<typeof Firing> {
  /** Highest burn rate of the linked SLOs in the shortest window of their alerts, counted and as evaluated; null without SLOs or traffic. */
  burn: number | null;
}

/** An older evaluation of an SLO says nothing about now. */
const freshMs = 2 * minuteMs;

/** Reads what tells whether an incident goes on: the burn rate of its SLOs, and its unmuted alerts. @param now milliseconds since 1970 */
export async function readSignals(ctx: Context, incidentId: string, now: number): Promise<Signals> {
  const to = Math.floor(now / minuteMs) * minuteMs;
  const objectives = await readObjectives(ctx, incidentId, { from: to - maxShortMinutes * minuteMs, to });
  const rates = objectives.flatMap(({ counts, target, shortMinutes, state }) => {
    const minutes = Math.min(shortMinutes ?? usualShortMinutes, maxShortMinutes);
    const rate = burnRate(counts, target, counts.total.length - 1, minutes);
    // What pages evaluates the minute that has not ended, too: an outage of its first seconds is in no complete one yet. The shortest window
    // decides although longer ones fire on for minutes: it is the first that shows an effect.
    const evaluated = state && now - state.at < freshMs ? shortWindowBurn(state) : null;
    return [rate, evaluated].flatMap((each) => (each === null ? [] : [Math.max(0, each)]));
  });
  const firing = await ctx.db.execute(sql`
    select count(*)::int as firing,
      count(*) filter (where alert.severity = 'page' and one.summary->>'sloId' is null)::int as "otherPages"
    from alert_groups as one
    join alert_group_members as member on member.group_id = one.id
    join alerts as alert on alert.workspace_id = member.workspace_id and alert.fingerprint = member.fingerprint
    where one.workspace_id = ${ctx.actor.workspaceId} and one.incident_id = ${incidentId} and one.ended_at is null
      and member.muted is null and alert.ends_at > ${new Date(now).toISOString()}::timestamptz`);
  return { burn: rates.length > 0 ? Math.max(...rates) : null, ...rowOf(Firing, firing) };
}
