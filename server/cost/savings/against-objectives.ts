import { percent } from "#server/number-words.ts";
import { type Correctness, leastLabels } from "../report/cost-row.ts";
import type { Saving } from "./contract.ts";

/** An objective of an endpoint that a way to spend less may touch. */
export type Promised =
  | { kind: "latency"; name: string; withinMs: number; target: number }
  | { kind: "quality"; name: string; target: number };

type Against = Saving["objectives"];

/** Fewer machines: what an hour's mean says nothing of. */
export const peaksFirst: Against = {
  breaks: false,
  words: "Peaks within an hour are not in it: look at objectives of latency first.",
};

interface Measured {
  correctness: Correctness | undefined;
  latencyMsP95?: number | null;
}

/**
 * What a version would do to objectives, by what was measured of itself: its share of right ones against one of quality, and its p95 against one
 * of latency where that is promised to at least 95 % of the requests. Broken ones before what is not known.
 */
export function versionAgainst(promises: readonly Promised[], { correctness, latencyMsP95 = null }: Measured): Against {
  const judged = promises.map((promise): Against => {
    if (promise.kind === "latency") {
      if (latencyMsP95 === null) return unknown(promise, "too few of its requests were seen to say how slow it is");
      if (promise.target < 0.95 || latencyMsP95 <= promise.withinMs) return null;
      return broken(promise, `its p95 is ${figure(latencyMsP95)} ms, and ${figure(promise.withinMs)} ms are promised`);
    }
    if (!correctness || correctness.labelled < leastLabels)
      return unknown(promise, "too few of its answers have a label to say how often it is right");
    const share = correctness.right / correctness.labelled;
    if (share >= promise.target) return null;
    return broken(promise, `it was right in ${percent(share)}, and ${percent(promise.target)} are promised`);
  });
  return judged.find((one) => one?.breaks) ?? judged.find((one) => one !== null) ?? null;
}

/** What runs of a length would do: one that takes longer than what is promised breaks it, else the wait before it is to be looked at. */
export function runAgainst(promises: readonly Promised[], runMs: number): Against {
  const judged = promises.flatMap((promise) => {
    if (promise.kind !== "latency") return [];
    if (runMs > promise.withinMs)
      return [broken(promise, `a run takes ${figure(runMs)} ms, and ${figure(promise.withinMs)} ms are promised`)];
    return [unknown(promise, `keep the wait for companions below ${figure(promise.withinMs - runMs)} ms`)];
  });
  return judged.find(({ breaks }) => breaks) ?? judged[0] ?? null;
}

function broken({ name }: Promised, why: string) {
  return { breaks: true, words: `Would break ${name}: ${why}.` };
}

function unknown({ name }: Promised, why: string) {
  return { breaks: false, words: `Look at ${name} first: ${why}.` };
}

function figure(value: number): number {
  return Number(value.toPrecision(2));
}
