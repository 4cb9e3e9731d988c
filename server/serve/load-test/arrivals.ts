import { type Random, seededRandom } from "#server/stats/random.ts";
import type { LoadTestSettings } from "./contract.ts";

/**
 * Returns the times at which the requests of a step are due, in milliseconds from its start, whether or not earlier ones have a response.
 * Evenly, or as a Poisson process: gaps by the exponential distribution, −ln(1 − u) / rate.
 */
export function arrivals(
  { arrivals, stepSeconds, seed }: Pick<LoadTestSettings, "arrivals" | "stepSeconds" | "seed">,
  requestsPerSecond: number,
): Float64Array {
  const random = seededRandom(seed + Math.round(requestsPerSecond * 1000));
  const moments: number[] = [];
  const endMs = stepSeconds * 1000;
  const gapMs = 1000 / requestsPerSecond;
  const next = arrivals === "constant" ? () => moments.length * gapMs : poisson(random, gapMs);
  for (let at = next(); at < endMs; at = next()) moments.push(at);
  return Float64Array.from(moments);
}

function poisson(random: Random, gapMs: number): () => number {
  let at = 0;
  return () => {
    at -= Math.log1p(-random()) * gapMs;
    return at;
  };
}

/** Returns the milliseconds from the start of a step that are not measured. */
export function warmUpMs(stepSeconds: number): number {
  return Math.min(3_000, stepSeconds * 200);
}
