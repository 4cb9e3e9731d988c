import { percent } from "#server/base/format-number.ts";
import { endpointTabHref } from "#server/serve/endpoints/constants.ts";
import { type Correctness, minLabels } from "../report/cost-row.ts";
import { type Promised, peaksFirst, runAgainst, versionAgainst } from "./against-objectives.ts";
import type { Saving } from "./contract.ts";

/** Minimum number of runs or predictions for a comparison. */
export const minRuns = 100;
/** Less is within what a month differs from another by. */
const minShare = 0.03;
/** Maximum utilisation of a machine's cores; above it, requests start to queue. */
const maxUtilisation = 0.6;

/** One version behind an endpoint, over the analysed time range. */
export interface MeasuredVersion {
  version: number;
  versionId: string;
  /** Rows predicted by runs of the model, and core- or GPU-milliseconds per row. */
  rows: number;
  deviceMs: number;
  isCurrent: boolean;
  accuracy: Correctness | undefined;
  /** p95 of sampled requests; null where too few were seen. */
  latencyMsP95?: number | null;
}

/** Runs of the current version by how many rows they had together. */
export interface BatchSize {
  rows: number;
  runs: number;
  /** Mean time of a run. */
  runMs: number;
}

/** Measurements of an endpoint. */
export interface MeasuredEndpoint {
  name: string;
  /** Objectives of the endpoint; none when omitted. */
  promises?: readonly Promised[];
  /** Total cost in the time range, and the cost of its runs alone. */
  spent: number;
  compute: number;
  days: number;
  versions: readonly MeasuredVersion[];
  batches: readonly BatchSize[];
  /** Number of sampled requests, and of those that repeat an earlier one. Null when inputs are not stored or a cache is enabled. */
  repeats: { requests: number; repeated: number } | null;
}

/** A machine over the range: its cores, and the maximum that were busy in one of its hours. */
export interface MeasuredMachine {
  machine: string;
  cores: number;
  maxUtilisation: number;
  hours: number;
  /** The workspace's part. */
  spent: number;
  days: number;
}

/** Ways to spend less, the largest first. What rests on too little is left out. */
export function findSavings(endpoints: readonly MeasuredEndpoint[], machines: readonly MeasuredMachine[]): Saving[] {
  const found = [
    ...endpoints.flatMap((one) => [cheaperVersion(one), batching(one), cache(one)]),
    ...machines.map(smallerMachine),
  ];
  return found
    .filter((saving) => saving !== undefined)
    .filter(({ share, perMonth }) => share >= minShare && perMonth > 0)
    .sort((a, b) => b.perMonth - a.perMonth);
}

/** Finds a version measured beside the current one that uses less compute per row with the same accuracy. */
function cheaperVersion({ name, spent, compute, days, versions, promises = [] }: MeasuredEndpoint): Saving | undefined {
  const current = versions.find(({ isCurrent, rows }) => isCurrent && rows >= minRuns);
  if (!current) return undefined;
  const own = current.deviceMs / current.rows;
  const best = versions
    .filter((one) => !one.isCurrent && one.rows >= minRuns && isAsGood(one, current))
    .map((one) => ({ ...one, share: 1 - one.deviceMs / one.rows / own }))
    .sort((a, b) => b.share - a.share)[0];
  if (!best) return undefined;
  const { version, share, rows } = best;
  const known = best.accuracy && current.accuracy;
  return {
    kind: "version",
    subject: name,
    share: (share * compute) / (spent || 1),
    words: `Promote version ${version}: ${percent(figure(share))} cheaper per prediction`,
    basis: known
      ? `Measured on ${rows} predictions; accuracy ${percent(figure(accuracy(best.accuracy)))} on labelled ones, version ${current.version} ${percent(figure(accuracy(current.accuracy)))}.`
      : `Measured on ${rows} predictions. Too few labels to compare accuracy: use a rollout with a quality guardrail.`,
    perMonth: (monthly(compute, days) || 0) * share,
    href: hrefOf(name),
    objectives: versionAgainst(promises, best),
  };
}

/** Whether a version is at most one percentage point worse where both are known; the saving mentions unknown values. */
function isAsGood(one: MeasuredVersion, current: MeasuredVersion): boolean {
  const [a, b] = [one.accuracy, current.accuracy];
  if (!a || !b || a.labelled < minLabels || b.labelled < minLabels) return true;
  return accuracy(a) >= accuracy(b) - 0.01;
}

function accuracy(labelled: Correctness | undefined): number {
  return labelled && labelled.labelled > 0 ? labelled.right / labelled.labelled : 0;
}

/** Estimates the savings of larger batches: the cost of a row at the cheapest batch size with enough runs. */
function batching({ name, spent, compute, days, batches, promises = [] }: MeasuredEndpoint): Saving | undefined {
  const runs = batches.reduce((sum, { runs }) => sum + runs, 0);
  if (runs < minRuns) return undefined;
  const rows = batches.reduce((sum, size) => sum + size.rows * size.runs, 0);
  const now = batches.reduce((sum, size) => sum + size.runMs * size.runs, 0) / rows;
  const best = batches
    .filter((size) => size.rows > 1 && size.runs >= 20)
    .sort((a, b) => a.runMs / a.rows - b.runMs / b.rows)[0];
  if (!best) return undefined;
  const share = 1 - best.runMs / best.rows / now;
  return {
    kind: "batching",
    subject: name,
    share: (share * compute) / (spent || 1),
    words: `Batch ${best.rows} rows: ${percent(figure(share))} less time per row`,
    basis: `A row took ${figure(best.runMs / best.rows)}\u00a0ms in ${best.runs} runs of ${best.rows}, and ${figure(now)}\u00a0ms overall. A longer batching delay adds to the latency.`,
    perMonth: monthly(compute, days) * share,
    href: hrefOf(name),
    objectives: runAgainst(promises, best.runMs),
  };
}

/** Estimates the savings of a cache: requests that repeated a recent one. A sample contains fewer repeats than the traffic. */
function cache({ name, spent, compute, days, repeats }: MeasuredEndpoint): Saving | undefined {
  if (!repeats || repeats.requests < minRuns) return undefined;
  const share = repeats.repeated / repeats.requests;
  return {
    kind: "cache",
    subject: name,
    share: (share * compute) / (spent || 1),
    words: `Cache responses: at least ${percent(figure(share))} of requests are repeats`,
    basis: `${repeats.repeated} of ${repeats.requests} sampled requests repeated the inputs of another within an hour.`,
    perMonth: monthly(compute, days) * share,
    href: hrefOf(name),
    // The same predictions, but faster.
    objectives: null,
  };
}

/** Finds a machine whose busiest hour would fit on fewer cores. */
function smallerMachine({
  machine,
  cores,
  maxUtilisation: most,
  hours,
  spent,
  days,
}: MeasuredMachine): Saving | undefined {
  if (hours < 24 || cores < 2) return undefined;
  const needed = Math.max(1, Math.ceil(most / maxUtilisation));
  const share = 1 - needed / cores;
  return {
    kind: "machine",
    subject: machine,
    share,
    words: `${needed} ${needed === 1 ? "core" : "cores"} instead of ${cores}: at most ${figure(most)} were busy in any hour`,
    basis: `Over ${hours} hours, keeping every hour at most ${percent(maxUtilisation)} busy. Peaks within an hour are not included: check latency first.`,
    perMonth: monthly(spent, days) * share,
    href: "/costs?by=machine",
    objectives: peaksFirst,
  };
}

function monthly(spent: number, days: number): number {
  return days > 0 ? (spent / days) * 30 : 0;
}

function figure(value: number): number {
  return Number(value.toPrecision(2));
}

function hrefOf(name: string): string {
  return endpointTabHref(name, "cost");
}
