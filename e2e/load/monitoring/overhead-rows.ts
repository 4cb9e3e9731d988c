import { type QuantileEstimate, quantileIntervals } from "#server/stats/quantile-interval.ts";
import { quantile } from "../raw-clients.ts";
import { atMost, type Row } from "../report.ts";

/** Two without a reference, and one with. */
export const endpoints = ["plain", "same", "watched"] as const;
export type Endpoint = (typeof endpoints)[number];

/** One turn of an endpoint. */
export interface Measured {
  requestsPerSecond: number;
  failures: number;
  /** CPU time of all threads of the gateway per request. */
  cpuMicroseconds: number;
  /** CPU time of its main thread only, which limits the rate if the machine has nothing else to do. */
  firstMicroseconds: number;
  /** Share of the time that its first thread was busy. Far below 1 something else bounded the rate, and its ratio says little. */
  busy: number;
}

type Round = Record<Endpoint, Measured>;

/** Maximum overhead in percent. */
const most = 5;

/**
 * Returns the cost of counting as medians over the rounds with intervals; prints the results of each endpoint, and the difference between
 * the two identical ones.
 */
export function overheadRows(rounds: readonly Round[]): Row[] {
  const failures = rounds.flatMap((round) => Object.values(round)).reduce((sum, { failures }) => sum + failures, 0);
  for (const name of endpoints) {
    const median = (what: keyof Measured) =>
      quantile(
        rounds.map((round) => round[name][what]),
        0.5,
      );
    const [cpu, first, busy] = [median("cpuMicroseconds"), median("firstMicroseconds"), 100 * median("busy")];
    const times = `${cpu.toFixed(2)} us of processor time each, ${first.toFixed(2)} of the first thread, which was busy for ${busy.toFixed(0)} %`;
    console.log(`${name}: ${median("requestsPerSecond").toFixed(0)} requests/s, ${times}`);
  }
  const same = costsOf(rounds, "same");
  const watched = costsOf(rounds, "watched");
  console.log(`two that are the same: rate ${worded(same.rate)}, processor ${worded(same.cpu)}`);
  console.log(`processor time of the first thread: ${worded(watched.first)}; ${failures} failed`);
  const row = (name: string, { value, low, high }: QuantileEstimate) => {
    const made = { ...atMost(most, { name, unit: "%", leeway: value }), interval: [low, high] as const };
    return { ...made, ok: made.ok && failures === 0 };
  };
  return [row("ingest-overhead", watched.rate), row("ingest-overhead-cpu", watched.cpu)];
}

/** Computes by how many percent an endpoint is slower and more expensive than the one without a reference in the same round. */
function costsOf(rounds: readonly Round[], name: Endpoint): Record<"rate" | "cpu" | "first", QuantileEstimate> {
  const estimate = (costOf: (own: Measured, plain: Measured) => number) => {
    const percents = rounds.map((round) => 100 * costOf(round[name], round.plain));
    return quantileIntervals(percents, [0.5])[0] as QuantileEstimate;
  };
  return {
    rate: estimate((own, plain) => 1 - own.requestsPerSecond / plain.requestsPerSecond),
    cpu: estimate((own, plain) => own.cpuMicroseconds / plain.cpuMicroseconds - 1),
    first: estimate((own, plain) => own.firstMicroseconds / plain.firstMicroseconds - 1),
  };
}

function worded({ value, low, high }: QuantileEstimate): string {
  return `${value.toFixed(2)} % (${low.toFixed(2)} to ${high.toFixed(2)})`;
}
