import { type RolloutForecast, type RolloutPlan, simulateRollout } from "#server/stats/sequential/simulate.ts";
import { atMost, type Row } from "./report.ts";

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
  return [...healthy.map(falseRollbackRow), ...worse.flatMap(detectionRows)];
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
