import { medianMinutes, simulateDetection, simulatePages } from "#server/stats/burn-rate/simulate.ts";
import { seededRandom } from "#server/stats/random.ts";
import { poissonFrom } from "#server/stats/random-counts.ts";
import { madeCounts, madeDefinition, madeMinute } from "#server/testing/fixtures/slo/engine/made-slo.ts";
import { replayRules } from "#server/watch/slo/engine/replay-rules.ts";
import { atMost, comparedTo, type Row } from "./report.ts";

const gate = 1e-3;

/**
 * Measures how often the page rules page without cause, and how soon they do for an outage, with the gate for low traffic compared with the
 * plain rules on the same traffic; and the time to replay a quarter. Simulated with fixed seeds.
 */
export async function run(): Promise<Row[]> {
  return [...quiet.map(quietRow), ...detectionRows(), ...unchangedRows(), replayRow()];
}

/** Services that spend half of their budget; months enough for a rate near the goal. */
const quiet = [
  { perHour: 10, target: 0.999, months: 1000 },
  { perHour: 100, target: 0.999, months: 1000 },
  { perHour: 10, target: 0.99, months: 1000 },
  { perHour: 1000, target: 0.999, months: 100 },
];

function quietRow(each: (typeof quiet)[number]): Row {
  const service = { ...each, burn: 0.5, seed: 1 };
  const name = `false pages, ${each.perHour}/h, ${100 * each.target} %`;
  const leeway = simulatePages({ ...service, gate });
  return atMost(0.1, { name, unit: "per 30 d", leeway }, simulatePages({ ...service, gate: null }));
}

/** Measures detection. The gate requires two failures, so no rule with it can be faster than the second failure. */
function detectionRows(): Row[] {
  const service = { perHour: 10, target: 0.999, errorRate: 1, outages: 20_000, seed: 1 };
  const found = simulateDetection({ ...service, gate });
  const plain = simulateDetection({ ...service, gate: null });
  const within = (100 * found.filter((minutes) => minutes !== null && minutes <= 10).length) / found.length;
  const secondFailure = 100 * (1 - Math.exp(-10 / 6) * (1 + 10 / 6));
  const missed = found.filter((minutes) => minutes === null).length;
  console.log(`Median time to a page, 10/h, total outage: ${medianMinutes(found).toFixed(2)} min.`);
  return [
    atMost(
      10,
      { name: "found, 10/h, to the minute", unit: "min", leeway: Math.round(medianMinutes(found)) },
      Math.round(medianMinutes(plain)),
    ),
    comparedTo(secondFailure, { name: "found in 10 min, by 2nd failure", unit: "%", leeway: within }, "at least", 0.98),
    atMost(0, { name: "outages missed, 10/h", unit: "outages", leeway: missed }),
  ];
}

/** Returns the rows that show that from 1,000 an hour on the gate changes no decision. */
function unchangedRows(): Row[] {
  return [1, 0.2, 0.05].map((errorRate) => {
    const service = { perHour: 1000, target: 0.999, errorRate, outages: 2000, seed: 1 };
    const plain = simulateDetection({ ...service, gate: null });
    const changed = simulateDetection({ ...service, gate }).filter((minutes, index) => minutes !== plain[index]).length;
    return atMost(0, { name: `changed by gate, 1000/h, ${100 * errorRate} %`, unit: "outages", leeway: changed });
  });
}

/** Measures a service that fluctuates around its target, which evaluates the significance gate most often. */
function replayRow(): Row {
  const random = seededRandom(1);
  const minutes = 90 * 1440;
  const counts = madeCounts(minutes, 1000, () => poissonFrom(1.01, random));
  const slo = { counts, definition: madeDefinition(), now: madeMinute(minutes), adjustments: [], incidents: [] };
  const times = Array.from({ length: 9 }, () => {
    const started = performance.now();
    replayRules(slo);
    return performance.now() - started;
  });
  return atMost(500, { name: "replay-90d", unit: "ms", leeway: times.toSorted((a, b) => a - b)[4] as number });
}
