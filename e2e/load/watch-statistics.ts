import {
  medianMinutes,
  type SimulatedService,
  simulateDetection,
  simulatePages,
} from "#server/stats/burn-rate/simulate.ts";
import {
  type SimulatedTraffic,
  simulateFalseAbsence,
  simulateSilence,
} from "#server/stats/burn-rate/simulate-absence.ts";
import { dailyLevel, evaluateDay, sumAhead } from "#server/stats/daily-level.ts";
import { normalFrom, type Random, seededRandom } from "#server/stats/random.ts";
import { atLeast, atMost, type Row } from "./report.ts";

/**
 * Measures what watches endpoints from hour to hour and day to day: false absence and the time to detect silence, pages for failures that
 * come in clusters and the time to page for real ones, the coverage of cost forecasts, and unusual days that are not. Simulated with fixed
 * seeds; a few minutes.
 */
export async function run(): Promise<Row[]> {
  return [...absenceRows(), ...clusterRows(), ...coverageRows(), ...unusualRows()];
}

const day = 1440;
const weekdayOf = (minute: number) => Math.floor(minute / day) % 7;

type Traffic = Omit<SimulatedTraffic, "seed"> & { name: string; months: number; detectsIn?: number };

/** Detection is measured where traffic is the same at all hours, or nearly so. */
const healthy: Traffic[] = [
  {
    name: "60/h ±50 %",
    perHour: (minute) => 60 + 30 * Math.sin((2 * Math.PI * minute) / day),
    days: 28,
    months: 120,
    detectsIn: 25,
  },
  { name: "60/h", perHour: () => 60, days: 28, months: 60, detectsIn: 20 },
  { name: "10/h", perHour: () => 10, days: 28, months: 120, detectsIn: 120 },
  { name: "60/h in batches of 5", perHour: () => 12, batch: 5, days: 28, months: 60, detectsIn: 100 },
  {
    name: "600/h, Monday 2 to 3",
    perHour: (minute) => (minute % (7 * day) >= 120 && minute % (7 * day) < 180 ? 600 : 0),
    days: 28,
    months: 20,
  },
  { name: "60/h, weekends 15/h", perHour: (minute) => (weekdayOf(minute) < 5 ? 60 : 15), days: 28, months: 60 },
  {
    name: "60/h, fallen to 6/h",
    perHour: (minute) => (minute < 28 * day ? 60 : 6),
    days: 28.5,
    fewArrivals: 3,
    months: 10,
  },
  { name: "60/h, new for 2 days", perHour: () => 60, days: 2, months: 120 },
];

function absenceRows(): Row[] {
  const quiet = healthy.map((traffic) => {
    const leeway = simulateFalseAbsence({ ...traffic, seed: 1 });
    return atMost(0.1, { name: `false silence, ${traffic.name}`, unit: "per 30 d", leeway });
  });
  const found = healthy.flatMap((traffic) => {
    if (traffic.detectsIn === undefined) return [];
    const minutes = medianMinutes(simulateSilence({ ...traffic, seed: 2, silences: 24 }));
    return [atMost(traffic.detectsIn, { name: `silence found, ${traffic.name}`, unit: "min", leeway: minutes })];
  });
  return [...quiet, ...found];
}

/** Pages of a service that spends half of its budget, and time to page for an outage, beside a gate that treats failures as independent. */
function clusterRows(): Row[] {
  const service: SimulatedService = { perHour: 100, target: 0.999, cluster: 3, gate: 1e-3, seed: 1 };
  const measured = { ...service, isMeasured: true };
  const quiet = { burn: 0.5, months: 150 };
  const single = { ...measured, cluster: 1 };
  const pages = atMost(
    0.1,
    { name: "pages, failures in threes, 100/h", unit: "per 30 d", leeway: simulatePages({ ...measured, ...quiet }) },
    simulatePages({ ...service, ...quiet }),
  );
  const alone = atMost(
    0.1,
    { name: "pages, single failures, 100/h", unit: "per 30 d", leeway: simulatePages({ ...single, ...quiet }) },
    simulatePages({ ...service, cluster: 1, ...quiet }),
  );
  const found = [
    { of: "in threes", errorRate: 1, before: service, after: measured, most: 8 },
    { of: "in threes", errorRate: 0.2, before: service, after: measured, most: 40 },
    { of: "single", errorRate: 1, before: { ...service, cluster: 1 }, after: single, most: 3 },
    { of: "single", errorRate: 0.2, before: { ...service, cluster: 1 }, after: single, most: 12 },
  ].map(({ of, errorRate, before, after, most }) => {
    const outage = { errorRate, burnBefore: 0.5, outages: 150, maxMinutes: 240 };
    const leeway = medianMinutes(simulateDetection({ ...after, ...outage }));
    const peer = medianMinutes(simulateDetection({ ...before, ...outage }));
    return atMost(most, { name: `page, ${100 * errorRate} % fail, before ${of}`, unit: "min", leeway }, peer);
  });
  // At 1,000 an hour, where 14.4 times the budget is seen within its own windows.
  const burn = {
    ...measured,
    perHour: 1000,
    errorRate: 14.4 * 5 * 0.001,
    burnBefore: 0.5,
    outages: 80,
    maxMinutes: 240,
  };
  const fast = atMost(
    30,
    { name: "page, 72× budget, 1000/h in threes", unit: "min", leeway: medianMinutes(simulateDetection(burn)) },
    medianMinutes(simulateDetection({ ...burn, isMeasured: false })),
  );
  return [pages, alone, ...found, fast];
}

const weekdays = [1.1, 1.1, 1.1, 1.1, 1.05, 0.8, 0.75];

interface DrawnDays {
  count: number;
  /** Growth a day. */
  trend?: number;
  /** Whether nothing is spent on weekends. */
  isEmptyAtWeekends?: boolean;
}

function drawDays(random: Random, { count, trend = 0, isEmptyAtWeekends = false }: DrawnDays): number[] {
  const start = Math.floor(7 * random());
  return Array.from({ length: count }, (_, at) => {
    const weekday = (start + at) % 7;
    const share = isEmptyAtWeekends && weekday >= 5 ? 0 : (weekdays[weekday] as number);
    return 100 * (1 + trend) ** at * share * Math.max(0, 1 + 0.08 * normalFrom(random));
  });
}

const forecasts = 1000;

/** Share of 80% ranges that contain the sum of the next 18 days, after six weeks. */
function coverageRows(): Row[] {
  return [0, 0.005, 0.015].flatMap((trend) => {
    const random = seededRandom(1);
    let held = 0;
    for (let round = 0; round < forecasts; round += 1) {
      const days = drawDays(random, { count: 60, trend });
      const fit = dailyLevel(days.slice(0, 42));
      const { low, high } = fit ? sumAhead(fit, 18) : { low: 0, high: 0 };
      const sum = days.slice(42).reduce((total, each) => total + each, 0);
      if (sum >= low && sum <= high) held += 1;
    }
    const numbers = { name: `forecast holds, trend ${100 * trend} %`, unit: "%", leeway: (100 * held) / forecasts };
    return [atLeast(75, numbers), atMost(85, numbers)];
  });
}

const evaluations = 2000;

/** Share of ordinary days that are called unusual, by the days of history; a history of n days supports no claim beyond 1/(n + 1). */
function unusualRows(): Row[] {
  return [false, true].flatMap((isEmptyAtWeekends) =>
    [10, 13, 20, 42].map((count) => {
      const random = seededRandom(1);
      let unusual = 0;
      for (let round = 0; round < evaluations; round += 1) {
        const days = drawDays(random, { count: count + 1, isEmptyAtWeekends });
        if (evaluateDay(days.slice(0, count), days[count] as number)?.isUnusual) unusual += 1;
      }
      const name = `unusual, after ${count} days${isEmptyAtWeekends ? ", empty weekends" : ""}`;
      return atMost(1, { name, unit: "%", leeway: (100 * unusual) / evaluations });
    }),
  );
}
