import { formatCount, nbsp } from "#components/ui/format.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { FeatureStateWord } from "#server/watch/monitoring/drift/contract.ts";
import type { DriftReport } from "#server/watch/monitoring/drift/report/contract.ts";

type Problem = NonNullable<DriftReport["problem"]>;

/** Reasons why there is no drift report, and how to change that. */
export const problemLabels: Record<Problem, { title: string; short: string; why: string }> = {
  off: {
    title: "Monitoring is off",
    short: "not monitored: disabled in its settings.",
    why: "Monitoring is disabled in the endpoint settings: features are not counted and nothing is compared.",
  },
  "no-version": {
    title: "Nothing deployed",
    short: "nothing deployed.",
    why: "Drift compares requests with the data the version was trained or validated on. Deploy a version first.",
  },
  "no-reference": {
    title: "No reference data",
    short: "not monitored: the deployed version has no reference.",
    why: "A reference is the data a version was trained or validated on: dataset rows, an upload, or a period of normal traffic. Without one there is nothing to compare with, and gateways do not count features.",
  },
  "no-segment-reference": {
    title: "No reference for this segment",
    short: "not evaluated: the reference has no rows in this segment.",
    why: "The reference has no rows in this segment: tags exist only on live requests, and values may be new. Comparing a segment with the whole reference would always show drift, and its own first weeks may not have been normal. Its rows are counted and included in the overall result. See the quality page for its accuracy.",
  },
  "no-rows": {
    title: "No data in this time range",
    short: "no recent data.",
    why: "Gateways start counting features once a reference is in effect. Send requests, or select a longer time range.",
  },
};

/** Shape and word of each state. Minor differences stay green: they ask for nothing. */
export const stateBadges: Record<FeatureStateWord, { state: State; word: string }> = {
  drift: { state: "watch", word: "Drift" },
  expected: { state: "paused", word: "Expected" },
  minor: { state: "on-target", word: "Minor drift" },
  usual: { state: "on-target", word: "No drift" },
  untestable: { state: "no-data", word: "Cannot be tested" },
  "too-few": { state: "no-data", word: "Insufficient data" },
  "no-data": { state: "no-data", word: "No data" },
};

/** Describes how rare such a large difference is: "1 week in 40"; undefined without a test. */
export function describeRarity(oneIn: number | null, noun: "hour" | "day" | "week"): string | undefined {
  if (oneIn === null) return undefined;
  if (oneIn < 1.5) return `every ${noun}`;
  if (oneIn >= 10_000) return `< 1 in ${formatCount(10_000)}`;
  return `1${nbsp}${noun} in ${formatCount(oneIn < 100 ? Math.round(oneIn) : Number(oneIn.toPrecision(2)))}`;
}
