import { seededRandom } from "#server/stats/random.ts";
import { binomialFrom } from "#server/stats/random-counts.ts";
import { thresholdPeers } from "#server/stats/sequential/threshold-peers.ts";
import type { ArmCall } from "./arm-traffic.ts";
import { categoryShares, entriesOf } from "./delicate-model.ts";

/** Effects of a bad version on callers from the start of its rollout to its end. */
export interface BadRollout {
  /** Time from the decision to the last response of the bad version, in milliseconds; negative when it had stopped before. */
  switchMs: number;
  /** Failed requests that the serving version could have handled, excluding failures of the bad version. */
  failedBySwitch: number;
  /** Failed responses of the bad version to requests that the healthy one could have handled. */
  badServed: number;
  /** Responses of the bad version. */
  canaryServed: number;
  stableServed: number;
}

/** Returns whether a request fails on every version. */
const isHopeless = ({ category }: ArmCall) => category >= entriesOf.healthy;
const isBad = ({ status }: ArmCall) => status !== 200;

export function findingsOf(calls: readonly ArmCall[], decidedAt: number): BadRollout {
  const ofCanary = calls.filter(({ arm }) => arm === "canary");
  const lastAt = ofCanary.reduce((last, { at }) => Math.max(last, at), 0);
  return {
    switchMs: lastAt - decidedAt,
    failedBySwitch: failedElsewhere(calls),
    badServed: ofCanary.filter((call) => isBad(call) && !isHopeless(call)).length,
    canaryServed: ofCanary.length,
    stableServed: calls.filter(({ arm }) => arm === "stable").length,
  };
}

/** Counts the failed requests that one version could have handled, excluding responses of the bad version. */
export function failedElsewhere(calls: readonly ArmCall[]): number {
  return calls.filter((call) => isBad(call) && !isHopeless(call) && call.arm !== "canary").length;
}

const maxMinutes = 60;
const runs = 200;

/**
 * Computes the median of the bad responses that the example in Flagger's documentation would have served at the same traffic and weight, by
 * simulation: it fails the same shares of requests, and evaluates both versions once a minute.
 */
export function badServedByFlagger(requestsPerSecond: number, weight: number, seed: number): number {
  const flagger = thresholdPeers.find(({ name }) => name === "Flagger's example");
  if (!flagger) throw new Error("Flagger's example is not among the peers.");
  const [, onlyBad, always] = categoryShares;
  const random = seededRandom(seed);
  const served = Array.from({ length: runs }, () => {
    const minutes = Array.from({ length: maxMinutes }, () => {
      const requests = binomialFrom(Math.round(60 * requestsPerSecond), weight, random);
      const regressed = binomialFrom(requests, onlyBad, random);
      const baseline = Math.round(60 * requestsPerSecond) - requests;
      return {
        harmed: regressed,
        canary: { requests, bad: regressed + binomialFrom(requests, always, random) },
        baseline: { requests: baseline, bad: binomialFrom(baseline, always, random) },
      };
    });
    const end = flagger.rollsBackAt(minutes) ?? maxMinutes;
    return minutes.slice(0, end).reduce((sum, { harmed: regressed }) => sum + regressed, 0);
  });
  return served.toSorted((a, b) => a - b)[runs / 2] as number;
}
