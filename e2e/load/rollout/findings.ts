import { seededRandom } from "#server/stats/random.ts";
import { binomialFrom } from "#server/stats/random-counts.ts";
import { thresholdPeers } from "#server/stats/sequential/threshold-peers.ts";
import type { ArmCall } from "./arm-traffic.ts";
import { categoryShares, entriesOf } from "./delicate-model.ts";

/** What callers saw of a bad version from the start of its rollout to its end. */
export interface BadRollout {
  /** From the time of the decision to the last answer of the bad version, in milliseconds; negative when it had stopped before. */
  switchMs: number;
  /** Requests that failed although the version that serves can answer them, and not by the bad one. */
  failedBySwitch: number;
  /** Failed answers of the bad version that the healthy one would have given. */
  badServed: number;
  /** Answers of the bad version. */
  canaryServed: number;
  stableServed: number;
}

/** Whether a request fails on every version. */
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

/** Requests that failed although one version can answer them, and were not answered by the bad version. */
export function failedElsewhere(calls: readonly ArmCall[]): number {
  return calls.filter((call) => isBad(call) && !isHopeless(call) && call.arm !== "canary").length;
}

const maxMinutes = 60;
const runs = 200;

/**
 * Median of the bad responses that the example of Flagger's documentation would have served at the same traffic and weight, by
 * simulation: it fails requests by the same shares, and looks at both versions once a minute.
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
