import { type Episode, episodes, tierCourse } from "#server/stats/burn-rate/tier-course.ts";
import { cappedFactor } from "#server/stats/burn-rate/tiers.ts";
import type { AlertSeverity, ReplayReport, SloDefinition } from "../contract.ts";
import { courseOf } from "./budget-course.ts";
import { type CountedSlo, knownUntil, minuteMs, minuteOf, type SloEvents, sloEvents, widened } from "./events.ts";
import { remainingAt } from "./remaining.ts";
import { replayWords } from "./replay-words.ts";

/** An incident that people know of, in milliseconds since 1970; without an end it is still open. */
interface KnownIncident {
  from: number;
  to: number | null;
}

export interface ReplayInput extends CountedSlo {
  incidents: readonly KnownIncident[];
  /** Alerts of one severity less than this apart are one; 60 unless told. */
  quietMinutes?: number;
  /** Whether the counts come from samples or a time that is not an edge of what was recorded. */
  isApproximate?: boolean;
}

/** A page counts for an incident from 10 minutes before its start, since people write starts down late, and an incident is told by then. */
const tellWithinMs = 10 * minuteMs;
const chartPoints = 400;

/**
 * What the rules would have done over the counts given, minute by minute (slo.md section 8). Each tier is looked at from the first minute
 * with its whole long window on. The budget at the first alerts is that of the part of the period that is given.
 */
export function replayRules(input: ReplayInput): ReplayReport {
  const { definition, incidents, counts, now, quietMinutes = 60, isApproximate = false } = input;
  const events = sloEvents(cutAt(input));
  const pages = groupOf(events, definition, "page", quietMinutes);
  const tickets = groupOf(events, definition, "ticket", quietMinutes);
  const recall =
    incidents.length === 0
      ? null
      : {
          told: incidents.filter((each) => pages.found.some((page) => tells(page, each))).length,
          incidents: incidents.length,
        };
  const unexplained = pages.found.flatMap((page, index) =>
    incidents.some((each) => belongs(page, each)) ? [] : [index],
  );
  const { total } = events.traffic;
  let minutes = 0;
  for (let minute = 0; minute < events.traffic.length; minute += 1)
    if ((total[minute + 1] as number) > (total[minute] as number)) minutes += 1;
  const report = {
    from: counts.start,
    to: events.start + events.sums.length * minuteMs,
    minutes,
    pages: pages.found,
    tickets: tickets.found,
    pageMinutes: pages.minutes,
    ticketMinutes: tickets.minutes,
    recall,
    unexplained,
    chart: courseOf(events, { definition, now }, chartPoints),
    isApproximate,
  };
  return { ...report, words: replayWords(report, definition) };
}

/** Without minutes that are not over or not known yet, which would look like minutes without traffic. */
function cutAt(input: ReplayInput): ReplayInput {
  const { counts, definition, now } = input;
  const end = minuteOf(counts, knownUntil(definition, now));
  return { ...input, counts: { ...counts, good: counts.good.subarray(0, end), total: counts.total.subarray(0, end) } };
}

function groupOf(events: SloEvents, definition: SloDefinition, severity: AlertSeverity, quietMinutes: number) {
  const { tiers, gate, cap } = definition.rules;
  const indices = tiers.flatMap((tier, index) => (tier.severity === severity ? [index] : []));
  const courses = indices.map((index) => {
    const tier = widened(tiers[index] as (typeof tiers)[number], events.leastMinutes);
    const factor = cappedFactor(tier.factor, events.budget, cap);
    return tierCourse(events.sums, { ...tier, factor }, events.budget, gate);
  });
  const { episodes: found, minutes } = episodes(courses, quietMinutes);
  return { minutes, found: found.map((episode) => told(events, definition, episode, indices)) };
}

function told(events: SloEvents, { period }: SloDefinition, { from, to, course }: Episode, tiers: readonly number[]) {
  const at = events.start + from * minuteMs;
  return {
    from: at,
    to: to === null ? null : events.start + to * minuteMs,
    remaining: remainingAt(events, period, at).remaining,
    tier: tiers[course] as number,
  };
}

function tells(page: KnownIncident, incident: KnownIncident): boolean {
  return (
    page.from <= incident.from + tellWithinMs && (page.to ?? Number.POSITIVE_INFINITY) > incident.from - tellWithinMs
  );
}

function belongs(page: KnownIncident, incident: KnownIncident): boolean {
  const end = incident.to ?? Number.POSITIVE_INFINITY;
  return page.from <= end && (page.to ?? Number.POSITIVE_INFINITY) > incident.from - tellWithinMs;
}
