import { percent } from "#server/base/format-number.ts";
import { type Correctness, minLabels } from "../report/cost-row.ts";
import type { Saving } from "./contract.ts";

/** An objective of an endpoint that a way to spend less may touch. */
export type Promised =
  | { kind: "latency"; name: string; withinMs: number; target: number }
  | { kind: "quality"; name: string; target: number };

type Against = Saving["objectives"];

/** Caveat of fewer machines: an hourly mean hides peaks. */
export const peaksFirst: Against = {
  breaks: false,
  words: "Peaks within an hour are not included: check latency SLOs first.",
};

interface Measured {
  accuracy: Correctness | undefined;
  latencyMsP95?: number | null;
}

/**
 * Evaluates a version against objectives by its own measurements: its share of correct predictions against quality objectives, and its
 * p95 against latency objectives with a target of at least 95% of requests. Broken objectives come before unknown ones.
 */
export function versionAgainst(promises: readonly Promised[], { accuracy, latencyMsP95 = null }: Measured): Against {
  const verdicts = promises.map((promise): Against => {
    if (promise.kind === "latency") {
      if (latencyMsP95 === null) return unknown(promise, "not enough requests to determine its latency");
      if (promise.target < 0.95 || latencyMsP95 <= promise.withinMs) return null;
      return broken(
        promise,
        `its p95 is ${figure(latencyMsP95)}\u00a0ms, the objective is ${figure(promise.withinMs)}\u00a0ms`,
      );
    }
    if (!accuracy || accuracy.labelled < minLabels)
      return unknown(promise, "not enough labels to determine its accuracy");
    const share = accuracy.right / accuracy.labelled;
    if (share >= promise.target) return null;
    return broken(promise, `its accuracy was ${percent(share)}, the objective is ${percent(promise.target)}`);
  });
  return verdicts.find((one) => one?.breaks) ?? verdicts.find((one) => one !== null) ?? null;
}

/**
 * Evaluates a run duration against latency objectives: a longer run breaks the objective; otherwise the batching delay must fit into the
 * rest.
 */
export function runAgainst(promises: readonly Promised[], runMs: number): Against {
  const verdicts = promises.flatMap((promise) => {
    if (promise.kind !== "latency") return [];
    if (runMs > promise.withinMs)
      return [
        broken(promise, `a run takes ${figure(runMs)}\u00a0ms, the objective is ${figure(promise.withinMs)}\u00a0ms`),
      ];
    return [unknown(promise, `keep the batching delay below ${figure(promise.withinMs - runMs)}\u00a0ms`)];
  });
  return verdicts.find(({ breaks }) => breaks) ?? verdicts[0] ?? null;
}

function broken({ name }: Promised, why: string) {
  return { breaks: true, words: `Would violate ${name}: ${why}.` };
}

function unknown({ name }: Promised, why: string) {
  return { breaks: false, words: `Check ${name} first: ${why}.` };
}

function figure(value: number): number {
  return Number(value.toPrecision(2));
}
