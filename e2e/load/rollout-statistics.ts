import { incompleteBeta } from "#server/stats/beta.ts";
import { type RolloutForecast, type RolloutPlan, simulateRollout } from "#server/stats/sequential/simulate.ts";
import { atMost, comparedTo, type Row } from "./report.ts";
import { runRollout, type Traffic, watchRollsBack } from "./rollout/bursty-rollouts.ts";

const runs = 2000;
const bases = [0.005, 0.01];
const perMinute = [60, 600, 6000];

/**
 * Measures how often rollouts of 10, 25 and 50 %, ten minutes each, roll a healthy candidate back, and how soon a bad one, compared with
 * common fixed settings on the same kind of traffic. Simulated with fixed seeds, with the gates and the decision of real rollouts.
 */
export async function run(): Promise<Row[]> {
  const healthy = bases.flatMap((baseRate) => perMinute.map((requests) => forecastOf(requests, baseRate, 1)));
  const worse = [4, 10].flatMap((ratio) => perMinute.map((requests) => forecastOf(requests, 0.005, ratio)));
  print("Rolled back while healthy, % of rollouts", healthy, ({ falseRollbackShare }) => percent(falseRollbackShare));
  print("Found, % of rollouts (median minutes)", worse, ({ detectedShare, detectionSeconds }) =>
    detectionSeconds ? `${percent(detectedShare)} (${(detectionSeconds.median / 60).toFixed(1)})` : "0",
  );
  return [...healthy.map(falseRollbackRow), ...worse.flatMap(detectionRows), ...underRealTraffic()];
}

const usual: Traffic = { requestsPerMinute: 600, baseRate: 0.005 };
const burstyRuns = 600;
const foundRuns = 200;
const watchRuns = 400;

/** Kinds of traffic in which the arms of equal versions differ by more than independent requests do. */
const kinds: [string, Partial<Traffic>][] = [
  ...[0, 0.001, 0.003, 0.01, 0.03, 0.1].map((rho): [string, Partial<Traffic>] => [`bursts, ρ ${rho}`, { rho }]),
  ...[0.001, 0.01].map((rho): [string, Partial<Traffic>] => [
    `bursts, ρ ${rho}, 6000/min`,
    { rho, requestsPerMinute: 6000 },
  ]),
  ["bursts of 5 min, ρ 0.01", { rho: 0.01, burstMinutes: 5 }],
  ["bursts, ρ 0.01, an hour's record", { rho: 0.01, recordMinutes: 60 }],
  ["bursts, ρ 0.003, no record", { rho: 0.003, recordMinutes: 0 }],
  ["gateways, sd 0.1, 4 an arm", { gateways: 4, gatewayDeviation: 0.1 }],
  ["gateways, sd 0.2, 4 an arm", { gateways: 4, gatewayDeviation: 0.2 }],
  ["failed requests sent 3 times", { sends: 3 }],
  ["shared outage, 50 % for 5 min", { outage: { share: 0.5, fromMinute: 22 } }],
];

/**
 * Measures rollouts through the evidence and the decision of the product, looked at every 20 s, on traffic with bursts: how often a healthy
 * version is rolled back, with the exact upper end of its interval as the goal, and how soon a bad one. The peer is the gate that counts
 * single requests, on the same traffic.
 */
function underRealTraffic(): Row[] {
  const rows: Row[] = [];
  for (const [name, change] of kinds) {
    const traffic = { ...usual, ...change };
    const own = rolledBack(traffic, burstyRuns);
    const before = rolledBack({ ...traffic, isMeasured: false }, burstyRuns / 5);
    rows.push(shareRow(`rolled back, ${name}`, own.length, burstyRuns, (100 * before.length) / (burstyRuns / 5)));
  }
  for (const swing of [0.2, 0.4]) {
    const count = Array.from({ length: watchRuns }, (_, run) => watchRollsBack(swing, run)).filter(Boolean).length;
    rows.push(shareRow(`rolled back, monitoring, daily wave ±${100 * swing} %`, count, watchRuns));
  }
  for (const ratio of [4, 10]) {
    const without = medianMinutes({ ...usual, ratio, isMeasured: false });
    for (const rho of [0, 0.001, 0.003, 0.01, 0.03]) {
      const numbers = {
        name: `found, ${ratio}x, ρ ${rho}`,
        unit: "min",
        leeway: medianMinutes({ ...usual, ratio, rho }),
      };
      // With bursts, the same traffic says less (docs/spec/sequential-analysis.md section 3.8): within the rollout is the goal.
      rows.push(rho === 0 ? comparedTo(without, numbers, "at most", 1.3) : atMost(30, numbers, without));
    }
  }
  return rows;
}

/** Returns the minutes until the rollback of the rollouts that are rolled back, sorted. */
function rolledBack(traffic: Traffic, count: number): number[] {
  return Array.from({ length: count }, (_, run) => runRollout(traffic, run))
    .filter((minutes) => minutes !== undefined)
    .sort((a, b) => a - b);
}

/** Returns the median over all rollouts; those that find nothing take for ever. */
function medianMinutes(traffic: Traffic): number {
  return rolledBack(traffic, foundRuns)[foundRuns >> 1] ?? Number.POSITIVE_INFINITY;
}

/** Finds the quantile of a beta distribution by bisection. */
function quantileOfBeta(level: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let round = 0; round < 50; round += 1) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, a, b) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Returns a row with the upper end of the interval of Clopper and Pearson as the goal: at most 5 %. */
function shareRow(name: string, count: number, all: number, peer?: number): Row {
  const low = count === 0 ? 0 : quantileOfBeta(0.025, count, all - count + 1);
  const high = count === all ? 1 : quantileOfBeta(0.975, count + 1, all - count);
  const leeway = (100 * count) / all;
  return {
    name,
    unit: "%",
    leeway,
    peer,
    goal: "upper end at most 5 %",
    ok: high <= 0.05,
    interval: [100 * low, 100 * high],
  };
}

interface Cell {
  words: string;
  requests: number;
  ratio: number;
  forecast: RolloutForecast;
}

type Simulated = Pick<RolloutForecast, "name" | "falseRollbackShare" | "detectedShare" | "detectionSeconds">;

function forecastOf(requests: number, baseRate: number, ratio: number): Cell {
  const plan: RolloutPlan = {
    steps: [0.1, 0.25, 0.5].map((weight) => ({ weight, seconds: 600 })),
    requestsPerSecond: [requests / 60],
    guardrails: [{ name: "errors", share: 1, baseRate, margin: 0, safeMargin: undefined, ratio }],
    regressionSecond: 0,
    policy: {
      alpha: 0.05,
      beta: 0.05,
      minUnitsCanary: 30,
      minUnitsBaseline: 30,
      minSeconds: 300,
      advanceWhen: "no-harm-found",
    },
  };
  const words = `${requests}/min, ${percent(baseRate)} %${ratio > 1 ? `, ${ratio}x` : ""}`;
  return { words, requests, ratio, forecast: simulateRollout(plan, { runs, seed: 1 }) };
}

/** Compares with a test evaluated every minute without correction, which is what the gates correct. */
function falseRollbackRow({ words, forecast }: Cell): Row {
  const numbers = { name: `rolled back, ${words}`, unit: "%", leeway: 100 * forecast.falseRollbackShare };
  return atMost(5, numbers, 100 * peerOf(forecast, "Peeked").falseRollbackShare);
}

/** Limits by ratio and requests per minute. With less traffic, any method detects only half of the versions four times as bad in time. */
const maxMinutes: Record<string, number> = { "4 600": 6, "4 6000": 1, "10 60": 10, "10 600": 2, "10 6000": 1 };

/** Returns the detection time beside that of Flagger's documentation example, the fastest peer that stays quiet at this error rate. */
function detectionRows({ words, requests, ratio, forecast }: Cell): Row[] {
  const most = maxMinutes[`${ratio} ${requests}`];
  if (most === undefined) return [];
  const minutes = (each: Simulated) => (each.detectionSeconds?.median ?? Number.POSITIVE_INFINITY) / 60;
  const numbers = { name: `found, ${words}`, unit: "min", leeway: minutes(forecast) };
  return [atMost(most, numbers, minutes(peerOf(forecast, "Flagger")))];
}

function peerOf({ peers }: RolloutForecast, name: string): Simulated {
  return peers.find((peer) => peer.name.startsWith(name)) as Simulated;
}

function print(title: string, cells: readonly Cell[], value: (simulated: Simulated) => string): void {
  const names = [cells[0]?.forecast, ...(cells[0]?.forecast.peers ?? [])].map((each) => each?.name ?? "");
  console.log(title);
  console.log(["", ...names].map((cell) => cell.padEnd(24)).join(""));
  for (const { words, forecast } of cells)
    console.log([words, ...[forecast, ...forecast.peers].map(value)].map((cell) => cell.padEnd(24)).join(""));
  console.log("");
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}
