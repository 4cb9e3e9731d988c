import { type Random, seededRandom } from "../random.ts";
import { boundary } from "./grid-gate.ts";
import { RestartGate } from "./restart-gate.ts";

/** Synthetic rollouts for tests: only events are drawn, because nothing else changes a gate, and the gate is evaluated after each event. */
export interface Course {
  /** Requests per minute, both arms together. */
  requestsPerMinute: number;
  baseRate: number;
  /** Rate of the canary by the baseline's, from `worseFromStep` on. */
  ratio: number;
  worseFromStep?: number;
  margin?: number;
  steps?: readonly { weight: number; minutes: number }[];
}

/** 10, 25 and 50% for ten minutes each. */
export const usualSteps = [0.1, 0.25, 0.5].map((weight) => ({ weight, minutes: 10 }));

interface CourseOutcome {
  /** At least slightly less than ln 20; smaller values are not computed. */
  maxLogE: number;
  /** Since the regression, to the limit. */
  minutes: number | undefined;
}

/** Runs one course until ln E reaches the limit, with exponential times between events. */
function runCourse(course: Course, limit: number, random: Random): CourseOutcome {
  const { steps = usualSteps, margin = 0, worseFromStep = 0, baseRate, requestsPerMinute } = course;
  const gate = new RestartGate(steps.length).onlyFrom(Math.log(20));
  let [start, worseFrom] = [0, 0];
  for (const [index, { weight, minutes }] of steps.entries()) {
    gate.startStep();
    if (index === worseFromStep) worseFrom = start;
    const canary = weight * (index >= worseFromStep ? course.ratio : 1);
    const perMinute = requestsPerMinute * baseRate * (canary + 1 - weight);
    const share = canary / (canary + 1 - weight);
    const r = boundary(weight, margin);
    for (let minute = gap(perMinute, random); minute < minutes; minute += gap(perMinute, random)) {
      const isCanary = random() < share;
      gate.add(isCanary ? 1 : 0, isCanary ? 0 : 1, r);
      if (gate.maxLogE >= limit) return { maxLogE: gate.maxLogE, minutes: start + minute - worseFrom };
    }
    start += minutes;
  }
  return { maxLogE: gate.maxLogE, minutes: undefined };
}

const gap = (perMinute: number, random: Random) => -Math.log(1 - random()) / perMinute;

interface CourseShares {
  /** Share of runs that reached 20 and 100, the lines of α = 5% and 1%. */
  atFivePercent: number;
  atOnePercent: number;
}

/** Computes the shares of rollouts that are rolled back, by both thresholds together. */
export function rollbackShares(course: Course, runs: number, seed: number): CourseShares {
  const random = seededRandom(seed);
  const maxima = Array.from({ length: runs }, () => runCourse(course, Math.log(100), random).maxLogE);
  const share = (alpha: number) => maxima.filter((logE) => logE >= -Math.log(alpha)).length / runs;
  return { atFivePercent: share(0.05), atOnePercent: share(0.01) };
}

/** Computes the share of rollouts that detect the regression at α = 5%, and their median minutes since the regression. */
export function detection(course: Course, runs: number, seed: number): { share: number; medianMinutes: number } {
  const random = seededRandom(seed);
  const found = Array.from({ length: runs }, () => runCourse(course, Math.log(20), random).minutes).filter(
    (minutes) => minutes !== undefined,
  );
  found.sort((a, b) => a - b);
  return { share: found.length / runs, medianMinutes: found[found.length >> 1] ?? Number.NaN };
}
