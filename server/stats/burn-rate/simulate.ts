import { type Random, seededRandom } from "../random.ts";
import { binomialFrom, poissonFrom } from "../random-counts.ts";
import { budgetRatio, minuteSums } from "./minute-sums.ts";
import { episodes, tierCourse } from "./tier-course.ts";
import { cappedFactor, scaledTiers } from "./tiers.ts";

/** Poisson traffic of a service, evaluated each minute by the standard tiers that page, for 30 days (docs/spec/slo.md section 4.3). */
export interface SimulatedService {
  perHour: number;
  target: number;
  /** Significance gate; null evaluates the plain rules. */
  gate: number | null;
  seed: number;
}

const monthMinutes = 30 * 1440;
/** Long enough for the longest window of a page. */
const warmUp = 360;
const quietMinutes = 60;

/** Simulates how often a service that spends `burn` times its budget pages in 30 days, over a number of months. */
export function simulatePages(service: SimulatedService & { burn: number; months: number }): number {
  const random = seededRandom(service.seed);
  const rate = service.burn * budgetRatio(service.target);
  let pages = 0;
  for (let month = 0; month < service.months; month += 1) {
    const courses = pageCourses(service, warmUp + monthMinutes, () => rate, random);
    pages += episodes(courses, quietMinutes).episodes.length;
  }
  return pages / service.months;
}

export interface SimulatedOutage extends SimulatedService {
  /** Error rate from the start of the outage on; before, a fifth of the budget's rate fails. */
  errorRate: number;
  outages: number;
  /** Number of minutes after which the simulation stops waiting for a page. */
  maxMinutes?: number;
}

/** Returns the minutes from the start of each outage to the first page; null without one. Evidence of the k-th minute is seen at k. */
export function simulateDetection(service: SimulatedOutage): (number | null)[] {
  const { errorRate, outages, maxMinutes = 720 } = service;
  const random = seededRandom(service.seed);
  const before = 0.2 * budgetRatio(service.target);
  return Array.from({ length: outages }, () => {
    const rate = (minute: number) => (minute < warmUp ? before : errorRate);
    const courses = pageCourses(service, warmUp + maxMinutes, rate, random);
    for (let minute = 1; minute <= maxMinutes; minute += 1)
      if (courses.some((fires) => fires[warmUp + minute] === 1)) return minute;
    return null;
  });
}

function pageCourses(service: SimulatedService, minutes: number, rate: (minute: number) => number, random: Random) {
  const perMinute = service.perHour / 60;
  const good = new Float64Array(minutes);
  const total = new Float64Array(minutes);
  for (let minute = 0; minute < minutes; minute += 1) {
    const count = poissonFrom(perMinute, random);
    total[minute] = count;
    good[minute] = count - binomialFrom(count, rate(minute), random);
  }
  const sums = minuteSums({ good, total });
  const budget = budgetRatio(service.target);
  return scaledTiers(monthMinutes)
    .filter(({ severity }) => severity === "page")
    .map((tier) => tierCourse(sums, { ...tier, factor: cappedFactor(tier.factor, budget, 0.9) }, budget, service.gate));
}

/**
 * Computes the median of times known only by the full minute in which they end, assumed to be uniform within it. Null counts as later
 * than all.
 */
export function medianMinutes(found: readonly (number | null)[]): number {
  const half = found.length / 2;
  let before = 0;
  const most = found.reduce<number>((most, minutes) => Math.max(most, minutes ?? 0), 0);
  for (let minute = 1; minute <= most; minute += 1) {
    const within = found.filter((minutes) => minutes === minute).length;
    if (before + within >= half) return minute - 1 + (half - before) / within;
    before += within;
  }
  return Number.POSITIVE_INFINITY;
}
