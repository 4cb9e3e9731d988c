import type { LoadTestSettings } from "./contract.ts";

/** Live traffic of one endpoint over some time, without load tests. */
export interface LiveTraffic {
  endpoint: string;
  requests: number;
  /** Requests with a status of 500 or more. */
  serverErrors: number;
  /** Null without a measured request. */
  latencyMsP99: number | null;
}

/** Minimum number of requests before and during the test to evaluate an endpoint. */
const minRequests = 30;
/** Minimum rise in milliseconds that counts, whatever its ratio. */
const minRiseMs = 10;

/**
 * Returns why a load test has to stop: a description of what is worse for live traffic than before it; undefined when nothing is.
 * @param before of each endpoint before the test. @param now of each in the last half minute
 */
export function reasonToStop(
  { errorShareRise, latencyFactor }: LoadTestSettings["stopRule"],
  before: readonly LiveTraffic[],
  now: readonly LiveTraffic[],
): string | undefined {
  for (const current of now) {
    const earlier = before.find(({ endpoint }) => endpoint === current.endpoint);
    if (!earlier || Math.min(earlier.requests, current.requests) < minRequests) continue;
    const [shareBefore, share] = [earlier, current].map(({ serverErrors, requests }) => serverErrors / requests) as [
      number,
      number,
    ];
    const who = `Live requests of "${current.endpoint}"`;
    if (share - shareBefore > errorShareRise) {
      return `${who} failed more often: ${percent(shareBefore)} before the test, ${percent(share)} during it.`;
    }
    const [p99Before, p99] = [earlier.latencyMsP99, current.latencyMsP99];
    if (p99Before !== null && p99 !== null && p99 > p99Before * latencyFactor && p99 - p99Before > minRiseMs) {
      return `${who} slowed down: p99 was ${Math.round(p99Before)}\u00a0ms before the test and ${Math.round(p99)}\u00a0ms during it.`;
    }
  }
  return undefined;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
