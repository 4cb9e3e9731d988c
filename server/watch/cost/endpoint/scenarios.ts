import { percent } from "#server/base/format-number.ts";
import type { BatchSize, MeasuredVersion } from "../savings/find-savings.ts";
import { minRuns } from "../savings/find-savings.ts";
import type { WhatIf } from "./contract.ts";

/** Requests that a cache with the given lifetime would have served. */
export interface Repeats {
  ttlSeconds: number;
  requests: number;
  repeated: number;
}

/** Cores of the serving machines, and the maximum that were busy in an hour. */
interface Fleet {
  cores: number;
  maxUtilisation: number;
  hours: number;
}

export interface WhatIfFacts {
  /** Cost of runs, and total cost, in a month of 30 days. Null without prices. */
  computePerMonth: number | null;
  spentPerMonth: number | null;
  batches: readonly BatchSize[];
  repeats: readonly Repeats[];
  versions: readonly MeasuredVersion[];
  fleet: Fleet | null;
  /** Share that a cascade saves against asking its last step always; null without one. */
  cascadeSaved: number | null;
}

/** Target utilisation of the busiest hour. */
const busyGoals = [0.4, 0.6, 0.8];
const minBatchRuns = 20;

/** Computes hypothetical changes, with their estimated savings based on measurements. Changes without measurements are omitted. */
export function scenarios(facts: WhatIfFacts): WhatIf[] {
  const ofRuns = (share: number) => times(facts.computePerMonth, share);
  return [
    ...batching(facts, ofRuns),
    ...caching(facts, ofRuns),
    ...replicas(facts),
    ...others(facts, ofRuns),
    ...cascade(facts),
  ];
}

type Priced = (share: number) => number | null;

function batching({ batches }: WhatIfFacts, ofRuns: Priced): WhatIf[] {
  const runs = batches.reduce((sum, { runs }) => sum + runs, 0);
  if (runs < minRuns) return [];
  const rows = batches.reduce((sum, size) => sum + size.rows * size.runs, 0);
  const now = batches.reduce((sum, size) => sum + size.runMs * size.runs, 0) / rows;
  return batches
    .filter((size) => size.runs >= minBatchRuns)
    .sort((a, b) => a.rows - b.rows)
    .map(({ rows: together, runs: seen, runMs }) => {
      const share = 1 - runMs / together / now;
      const words = together === 1 ? "No batching" : `Batches of ${together} rows`;
      const basis = `${figure(runMs / together)}\u00a0ms per row in ${Math.round(seen)} runs; ${figure(now)}\u00a0ms overall.`;
      return { kind: "batching" as const, words, share, perMonth: ofRuns(share), basis };
    });
}

function caching({ repeats }: WhatIfFacts, ofRuns: Priced): WhatIf[] {
  return repeats
    .filter(({ requests }) => requests >= minRuns)
    .map(({ ttlSeconds, requests, repeated }) => {
      const share = repeated / requests;
      const basis = `${repeated} of ${requests} sampled requests; samples underestimate repeats.`;
      return {
        kind: "cache" as const,
        words: `Cache responses for ${age(ttlSeconds)}`,
        share,
        perMonth: ofRuns(share),
        basis,
      };
    });
}

function replicas({ fleet, spentPerMonth }: WhatIfFacts): WhatIf[] {
  if (!fleet || fleet.hours < 24 || fleet.cores === 0) return [];
  return busyGoals.map((goal) => {
    const needed = Math.max(1, Math.ceil(fleet.maxUtilisation / goal));
    const share = 1 - needed / fleet.cores;
    const words = `${needed} ${needed === 1 ? "core" : "cores"}: busiest hour at ${percent(goal)}`;
    const basis = `${fleet.cores} cores provisioned, at most ${figure(fleet.maxUtilisation)} busy over ${fleet.hours} hours.`;
    return { kind: "replicas" as const, words, share, perMonth: times(spentPerMonth, share), basis };
  });
}

/** Lists other versions, quantised, distilled or simply different, that ran beside the current one. */
function others({ versions }: WhatIfFacts, ofRuns: Priced): WhatIf[] {
  const current = versions.find(({ isCurrent, rows }) => isCurrent && rows >= minRuns);
  if (!current) return [];
  const own = current.deviceMs / current.rows;
  return versions
    .filter((one) => !one.isCurrent && one.rows >= minRuns)
    .map(({ version, rows, deviceMs }) => {
      const share = 1 - deviceMs / rows / own;
      const basis = `${figure(deviceMs / rows)}\u00a0ms per prediction in ${rows} predictions; version ${current.version} takes ${figure(own)}\u00a0ms.`;
      return {
        kind: "version" as const,
        words: `Version ${version} for all traffic`,
        share,
        perMonth: ofRuns(share),
        basis,
      };
    });
}

function cascade({ cascadeSaved, computePerMonth }: WhatIfFacts): WhatIf[] {
  if (cascadeSaved === null || cascadeSaved >= 1) return [];
  // The current cost of runs is the remainder of always requesting the last step.
  const share = -cascadeSaved / (1 - cascadeSaved);
  const basis = `The cascade saved ${percent(figure(cascadeSaved))} compared with sending every request to its last step.`;
  return [{ kind: "cascade", words: "Without the cascade", share, perMonth: times(computePerMonth, share), basis }];
}

function times(sum: number | null, share: number): number | null {
  return sum === null ? null : sum * share;
}

function age(seconds: number): string {
  return seconds < 3600 ? `${seconds / 60}\u00a0min` : `${seconds / 3600}\u00a0h`;
}

function figure(value: number): number {
  return Number(value.toPrecision(2));
}
