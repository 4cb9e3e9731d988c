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
  /** Maximum gap in minutes within which alerts of one severity count as one; default: 60. */
  quietMinutes?: number;
  /** Whether the counts come from samples, or from a latency threshold that is not a recorded bucket edge. */
  isApproximate?: boolean;
}

/** Input of a replay, for one SLO or several combined. */
interface Replayed {
  definition: SloDefinition;
  /** Milliseconds since 1970 of minute 0, and how many there are. */
  start: number;
  length: number;
  /** Number of minutes with any traffic. */
  minutes: number;
  /** Returns whether a tier fires at each minute, as in tierCourse(). */
  course: (tier: BurnTier) => Uint8Array;
  /** Returns the remaining budget at a moment. */
  remaining: (at: number) => number | null;
  chart: ReplayReport["chart"];
}

/**
 * Tolerance for matching a page to an incident: a page counts from 10 minutes before its start, since starts are often recorded late, and
 * an incident must be notified by 10 minutes after it.
 */
const detectionToleranceMs = 10 * minuteMs;
export const chartPoints = 400;

/**
 * Reports which notifications would have been sent when, which incidents they match, and a summary in sentences (docs/spec/slo.md section
 * 8).
 */
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
