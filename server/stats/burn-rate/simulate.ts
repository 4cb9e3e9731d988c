import { type Random, seededRandom } from "../random.ts";
import { binomialFrom, poissonFrom } from "../random-counts.ts";
import { dispersionByDay } from "./error-dispersion.ts";
import { budgetRatio, minuteSums } from "./minute-sums.ts";
import { episodes, tierCourse } from "./tier-course.ts";
import { cappedFactor, scaledTiers } from "./tiers.ts";

/** Poisson traffic of a service, evaluated each minute by the standard tiers that page, for 30 days (docs/spec/slo.md section 4.3). */
export interface SimulatedService {
  perHour: number;
  target: number;
  /** Significance gate; null evaluates the plain rules. */
  gate: number | null;
  /** Failures that come at once, before an outage; 1 by default. */
  cluster?: number;
  /** Whether the gate measures how clustered failures are, from the 28 days before; without, it treats each as independent. */
  isMeasured?: boolean;
  seed: number;
}

const monthMinutes = 30 * 1440;
/** Long enough for the longest window of a page, and for the record from which clusters are measured. */
const warmUpOf = ({ isMeasured }: SimulatedService) => (isMeasured ? 28 * 1440 : 360);
const quietMinutes = 60;

/** Simulates how often a service that spends `burn` times its budget pages in 30 days, over a number of months. */
export function simulatePages(service: SimulatedService & { burn: number; months: number }): number {
  const random = seededRandom(service.seed);
  const rate = service.burn * budgetRatio(service.target);
  let pages = 0;
  for (let month = 0; month < service.months; month += 1) {
    const warmUp = warmUpOf(service);
    const courses = pageCourses(service, warmUp + monthMinutes, () => rate, random);
    pages += episodes(
      courses.map((course) => course.subarray(warmUp)),
      quietMinutes,
    ).episodes.length;
  }
  return pages / service.months;
}

export interface SimulatedOutage extends SimulatedService {
  /** Error rate from the start of the outage on, in single failures. */
  errorRate: number;
  /** Budget spent before, by the budget's rate; a fifth by default. */
  burnBefore?: number;
  outages: number;
  /** Number of minutes after which the simulation stops waiting for a page. */
  maxMinutes?: number;
}

/** Returns the minutes from the start of each outage to the first page; null without one. Evidence of the k-th minute is seen at k. */
export function simulateDetection(service: SimulatedOutage): (number | null)[] {
  const { errorRate, outages, maxMinutes = 720, burnBefore = 0.2 } = service;
  const warmUp = warmUpOf(service);
  const random = seededRandom(service.seed);
  const before = burnBefore * budgetRatio(service.target);
  return Array.from({ length: outages }, () => {
    const rate = (minute: number) => (minute < warmUp ? before : errorRate);
    const courses = pageCourses(service, warmUp + maxMinutes, rate, random, warmUp);
    for (let minute = 1; minute <= maxMinutes; minute += 1)
      if (courses.some((fires) => fires[warmUp + minute] === 1)) return minute;
    return null;
  });
}

/** @param outageAt minute from which failures are single */
function pageCourses(
  service: SimulatedService,
  minutes: number,
  rate: (minute: number) => number,
  random: Random,
  outageAt = minutes,
) {
  const perMinute = service.perHour / 60;
  const { cluster = 1 } = service;
  const good = new Float64Array(minutes);
  const total = new Float64Array(minutes);
  for (let minute = 0; minute < minutes; minute += 1) {
    if (cluster > 1 && minute < outageAt) {
      const bad = cluster * poissonFrom((perMinute * rate(minute)) / cluster, random);
      good[minute] = poissonFrom(perMinute * (1 - rate(minute)), random);
      total[minute] = (good[minute] as number) + bad;
      continue;
    }
    const count = poissonFrom(perMinute, random);
    total[minute] = count;
    good[minute] = count - binomialFrom(count, rate(minute), random);
  }
  const sums = minuteSums({ good, total });
  const budget = budgetRatio(service.target);
  const dispersionAt = service.isMeasured ? dispersionByDay(sums, budget, 0) : undefined;
  return scaledTiers(monthMinutes)
    .filter(({ severity }) => severity === "page")
    .map((tier) => {
      const factor = cappedFactor(tier.factor, budget, 0.9);
      return tierCourse(sums, { ...tier, factor }, budget, service.gate, dispersionAt);
    });
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
