import { minuteMs } from "#server/base/durations.ts";
import { type Episode, episodes } from "#server/stats/burn-rate/tier-course.ts";
import type { AlertSeverity, BurnTier, ReplayReport, SloDefinition } from "../../objectives/contract.ts";
import { describeReplay } from "./describe-replay.ts";

/** An incident that people know of, in milliseconds since 1970; without an end it is still open. */
interface KnownIncident {
  from: number;
  to: number | null;
}

export interface ReplayOptions {
  incidents: readonly KnownIncident[];
  /** Alerts of one severity less than this apart are one; 60 unless told. */
  quietMinutes?: number;
  /** Whether the counts come from samples or a time that is not an edge of what was recorded. */
  isApproximate?: boolean;
}

/** What a replay goes over, of one SLO or of several together. */
interface Replayed {
  definition: SloDefinition;
  /** Milliseconds since 1970 of minute 0, and how many there are. */
  start: number;
  length: number;
  /** Those with any traffic. */
  minutes: number;
  /** Whether a tier fires at each minute, as tierCourse() tells it. */
  course: (tier: BurnTier) => Uint8Array;
  /** What was left of the budget at a moment. */
  remaining: (at: number) => number | null;
  chart: ReplayReport["chart"];
}

/** A page counts for an incident from 10 minutes before its start, since people write starts down late, and an incident is told by then. */
const detectionToleranceMs = 10 * minuteMs;
export const chartPoints = 400;

/** Who would have been told when, which of it was known, and in words (docs/spec/slo.md section 8). */
export function replayReport(replayed: Replayed, options: ReplayOptions): ReplayReport {
  const { definition, start, length, minutes, chart } = replayed;
  const { incidents, quietMinutes = 60, isApproximate = false } = options;
  const pages = groupOf(replayed, "page", quietMinutes);
  const tickets = groupOf(replayed, "ticket", quietMinutes);
  const recall =
    incidents.length === 0
      ? null
      : {
          notified: incidents.filter((each) => pages.found.some((page) => detects(page, each))).length,
          incidents: incidents.length,
        };
  const unexplained = pages.found.flatMap((page, index) =>
    incidents.some((each) => belongs(page, each)) ? [] : [index],
  );
  const report = {
    from: start,
    to: start + length * minuteMs,
    minutes,
    pages: pages.found,
    tickets: tickets.found,
    pageMinutes: pages.minutes,
    ticketMinutes: tickets.minutes,
    recall,
    unexplained,
    chart,
    isApproximate,
  };
  return { ...report, words: describeReplay(report, definition) };
}

function groupOf({ definition, course, start, remaining }: Replayed, severity: AlertSeverity, quietMinutes: number) {
  const { tiers } = definition.rules;
  const indices = tiers.flatMap((tier, index) => (tier.severity === severity ? [index] : []));
  const courses = indices.map((index) => course(tiers[index] as BurnTier));
  const { episodes: found, minutes } = episodes(courses, quietMinutes);
  const toReportedEpisode = ({ from, to, course }: Episode) => {
    const at = start + from * minuteMs;
    const end = to === null ? null : start + to * minuteMs;
    return { from: at, to: end, remaining: remaining(at), tier: indices[course] as number };
  };
  return { minutes, found: found.map(toReportedEpisode) };
}

function detects(page: KnownIncident, incident: KnownIncident): boolean {
  return (
    page.from <= incident.from + detectionToleranceMs &&
    (page.to ?? Number.POSITIVE_INFINITY) > incident.from - detectionToleranceMs
  );
}

function belongs(page: KnownIncident, incident: KnownIncident): boolean {
  const end = incident.to ?? Number.POSITIVE_INFINITY;
  return page.from <= end && (page.to ?? Number.POSITIVE_INFINITY) > incident.from - detectionToleranceMs;
}
