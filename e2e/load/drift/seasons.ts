import {
  dailyCourse,
  isWeekend,
  type SeasonCase,
  SimulatedEndpoint,
} from "#server/testing/fixtures/monitoring/drift/seasonal-traffic.ts";
import { atMost, type Row } from "../report.ts";

/** Traffic without drift, in which hours, weekends and users differ. */
const cases: readonly SeasonCase[] = [
  { name: "independent rows", rows: 1000 },
  { name: "hours ±0.2 σ", rows: 1000, daily: 0.5, meanAt: (at) => 0.2 * dailyCourse(at) },
  { name: "hours ±0.5 σ", rows: 1000, daily: 0.5, meanAt: (at) => 0.5 * dailyCourse(at) },
  { name: "weekends 0.3 σ, 1,000 rows", rows: 1000, meanAt: (at) => (isWeekend(at) ? 0.3 : 0) },
  { name: "weekends 0.3 σ, 5,000 rows", rows: 5000, meanAt: (at) => (isWeekend(at) ? 0.3 : 0) },
  { name: "hours that wander by 0.2 σ, AR(0.8)", rows: 1000, wander: 0.2 },
  { name: "5 rows a user, 220 rows", rows: 220, rowsByUser: 5 },
  { name: "5 rows a user, 1,000 rows", rows: 1000, rowsByUser: 5 },
];
const weekHours = 168;
const numbers = 8;
/** Weeks in which the endpoint learns, shown apart; then those that count. */
const learningWeeks = 2;
const weeks = 6;
const endpoints = 3;
/** One false alarm in 4 weeks. */
const goal = 0.25;
/** Real changes are probed every so many hours. */
const probeEvery = 13;

interface Measured {
  alarmed: number;
  alarmedWhileLearning: number;
  /** Mean hours until a lasting change of this kind is found, at most a day. */
  shiftHours: number;
  missingHours: number;
}

/**
 * Measures how many hours a week an endpoint with 8 numbers alarms without drift while hours, weekends or users differ, and how many hours
 * it takes to find half a standard deviation in all numbers, or twice the missing values. Windows are evaluated one after the other by the
 * functions of production, and learn from each other.
 */
export function seasonRows(): Row[] {
  const rows: Row[] = [];
  for (const of of cases) {
    const { alarmed, alarmedWhileLearning, shiftHours, missingHours } = measure(of);
    console.log(
      `${of.name}: ${alarmed.toFixed(2)} alarmed hours a week (first two weeks ${alarmedWhileLearning.toFixed(2)}); 0.5 σ found after ${shiftHours.toFixed(1)} h, missing values ×2 after ${missingHours.toFixed(1)} h`,
    );
    rows.push(atMost(goal, { name: `alarmed hours a week, ${of.name}`, unit: "hours", leeway: alarmed }));
  }
  return [...rows, slowRow()];
}

function measure(of: SeasonCase): Measured {
  const sums = { alarmed: 0, learning: 0, probes: 0, shifted: 0, missing: 0 };
  for (let seed = 1; seed <= endpoints; seed += 1) {
    const endpoint = new SimulatedEndpoint(of, { seed, numbers });
    for (let hour = 0; hour < (learningWeeks + weeks) * weekHours; hour += 1) {
      const isLearning = hour < learningWeeks * weekHours;
      if (!isLearning && hour % probeEvery === 0) {
        sums.probes += 1;
        if (endpoint.probe({ shift: 0.5 }).verdict.state === "drift") sums.shifted += 1;
        if (endpoint.probe({ missing: 2 }).features.some(({ missing }) => missing?.isAlarm)) sums.missing += 1;
      }
      const isAlarmed = endpoint.next().verdict.state === "drift";
      if (isAlarmed) sums[isLearning ? "learning" : "alarmed"] += 1;
    }
  }
  return {
    alarmed: sums.alarmed / endpoints / weeks,
    alarmedWhileLearning: sums.learning / endpoints / learningWeeks,
    shiftHours: hoursTo(sums.shifted / sums.probes),
    missingHours: hoursTo(sums.missing / sums.probes),
  };
}

/** Hours until the first of them finds it, on average, if each does with this probability; more than a day is left to the day's window. */
function hoursTo(share: number): number {
  return Math.min(24, 1 / Math.max(share, 1e-9));
}

/** Days until 0.02 σ a day from the fourth week on is found, where days vary by 0.05 σ. */
function slowRow(): Row {
  const dayMs = 86_400_000;
  const began = Date.UTC(2026, 0, 26);
  const days = Array.from({ length: 20 }, (_, seed) => {
    const meanAt = (at: number) => 0.02 * Math.max(0, (at - began) / dayMs);
    const of = { name: "slow", rows: 500, wander: 0.05, meanAt };
    const endpoint = new SimulatedEndpoint(of, { seed: seed + 1, numbers: 3, length: "day" });
    for (let day = 0; day < 80; day += 1) {
      const { at, features } = endpoint.next();
      if (features.some(({ slow }) => slow)) return (at - began) / dayMs + 1;
    }
    return 80;
  }).sort((a, b) => a - b);
  const middle = days[days.length >> 1] ?? 80;
  const early = days.filter((day) => day < 0).length;
  console.log(
    `0.02 σ a day, days that vary by 0.05 σ: found after ${middle} days (median of ${days.length}), ${early} too early`,
  );
  return atMost(21, { name: "slow move of 0.02 σ a day", unit: "days", leeway: early > 0 ? Number.NaN : middle });
}
