import { type Random, seededRandom } from "../random.ts";
import { burstRate } from "../random-bursts.ts";
import { binomialFrom, poissonFrom } from "../random-counts.ts";
import {
  addSums,
  type Block,
  type DispersionSums,
  dispersionOf,
  type MeasuredSums,
  noPairs,
  spreadAt,
  sumsOf,
  withPair,
} from "./dispersion.ts";
import { boundary } from "./grid-gate.ts";
import { usualSteps } from "./made-courses.ts";
import { RestartGate } from "./restart-gate.ts";

/** A made rollout whose arms have bursts of their own. */
export interface BurstyCourse {
  requestsPerMinute: number;
  baseRate: number;
  /** Rate of the canary by the baseline's. */
  ratio: number;
  /** Correlation within a minute, in each arm for itself. */
  rho?: number;
  /** Minutes that a burst lasts. */
  burstMinutes?: number;
  /** How often each failed request is sent, to the same arm. */
  sends?: number;
  /** Minutes of the record of the serving version. */
  recordMinutes: number;
  /** Whether dispersion is measured at all. */
  isMeasured?: boolean;
}

const parts = 6;

/** Draws a minute of an arm in parts of ten seconds. */
function drawMinute(perMinute: number, rate: number, sends: number, random: Random): Block[] {
  return Array.from({ length: parts }, () => {
    const units = poissonFrom(perMinute / parts, random);
    const events = sends * binomialFrom(units, Math.min(1, rate / sends), random);
    return { units, events };
  });
}

const sumOfParts = (blocks: readonly Block[]) =>
  blocks.reduce((sum, { units, events }) => ({ units: sum.units + units, events: sum.events + events }));

/** Returns the rate of an arm in each minute, new after every burst. */
function rateDraw(mean: number, { rho = 0, burstMinutes = 1 }: BurstyCourse, random: Random): () => number {
  let [rate, left] = [0, 0];
  return () => {
    if (left === 0) [rate, left] = [burstRate(mean, rho, random), burstMinutes];
    left -= 1;
    return rate;
  };
}

function drawRecord(course: BurstyCourse, random: Random): MeasuredSums {
  const { requestsPerMinute, baseRate, sends = 1, recordMinutes } = course;
  const rate = rateDraw(baseRate, course, random);
  const minutes = Array.from({ length: recordMinutes }, () => drawMinute(requestsPerMinute, rate(), sends, random));
  const sums = minutes.map(sumOfParts);
  const five = Array.from({ length: Math.floor(recordMinutes / 5) }, (_, at) =>
    sumOfParts(sums.slice(5 * at, 5 * at + 5)),
  );
  return { short: sumsOf(minutes.flat()), minutes: sumsOf(sums), fiveMinutes: sumsOf(five) };
}

/** Runs one course, evaluated every ten seconds. @returns the minute of the rollback; undefined without one */
function runBursty(course: BurstyCourse, seed: number): number | undefined {
  const { requestsPerMinute, baseRate, ratio, sends = 1, isMeasured = true } = course;
  const random = seededRandom(seed + 1e6);
  // From another seed, so that the rollout meets the same traffic with and without a record.
  const record = isMeasured ? drawRecord(course, seededRandom(seed)) : undefined;
  const counts: { canary: number; baseline: number; weight: number }[] = [];
  let live: DispersionSums = noPairs;
  let elapsed = 0;
  const rates = {
    canary: rateDraw(Math.min(1, baseRate * ratio), course, random),
    baseline: rateDraw(baseRate, course, random),
  };
  for (const { weight, minutes } of usualSteps) {
    const step = { canary: 0, baseline: 0, weight };
    counts.push(step);
    let before: Block | undefined;
    for (let minute = 0; minute < minutes; minute += 1) {
      const draw = (share: number, rate: number) => drawMinute(requestsPerMinute * share, rate, sends, random);
      const [canary, baseline] = [draw(weight, rates.canary()), draw(1 - weight, rates.baseline())];
      for (let part = 0; part < parts; part += 1) {
        step.canary += canary[part]?.events ?? 0;
        step.baseline += baseline[part]?.events ?? 0;
        elapsed += 1 / parts;
        const dispersion = record && dispersionOf({ ...record, minutes: addSums(record.minutes, live) });
        const gate = new RestartGate(usualSteps.length).onlyFrom(Math.log(20));
        for (const each of counts) {
          gate.startStep();
          const spread = dispersion && {
            hits: spreadAt(dispersion, requestsPerMinute * each.weight),
            misses: spreadAt(dispersion, requestsPerMinute * (1 - each.weight)),
          };
          gate.add(each.canary, each.baseline, boundary(each.weight, 0), spread);
        }
        if (gate.maxLogE >= Math.log(20)) return elapsed;
      }
      const now = sumOfParts(baseline);
      if (before) live = withPair(live, before, now);
      before = now;
    }
  }
  return undefined;
}

/** Computes the share of courses that are rolled back, and their median minute. */
export function burstyRollbacks(
  course: BurstyCourse,
  runs: number,
  firstSeed: number,
): { share: number; minutes: number } {
  const found = Array.from({ length: runs }, (_, run) => runBursty(course, firstSeed + run)).filter(
    (each) => each !== undefined,
  );
  found.sort((a, b) => a - b);
  return { share: found.length / runs, minutes: found[found.length >> 1] ?? Number.NaN };
}
