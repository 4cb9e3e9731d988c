import { z } from "zod";
import { type CascadeCounts, type CascadeReport, type EscalationReason, escalationReasons } from "./contract.ts";

/** Window counts of one step, and the cost of a thousand of its runs. */
export interface StepSum {
  versionId: string;
  modelName: string;
  version: number;
  costPerThousand: number | null;
  counts: CascadeCounts;
}

/** Logged requests run by both the first step and the last one for comparison. */
export const ComparedSum = z.object({
  compared: z.number(),
  different: z.number(),
  labelled: z.number(),
  firstRight: z.number(),
  lastRight: z.number(),
});
export type ComparedSum = z.infer<typeof ComparedSum>;

type CascadeMeasurements = Pick<CascadeReport, "steps" | "requests" | "escalatedShare" | "cost" | "quality">;

/**
 * Computes what a cascade saved compared with always running its last step, and what it lost.
 * Cost: every run of a step costs costPerThousand / 1000, or its mean run time in milliseconds when not every step has a cost;
 * always running the last step would have run it once for each request. Quality: the compared requests are a sample, by their
 * id, of those that the first step answers; the requests that it escalates get the later prediction in both cases. Therefore the
 * share of requests with another prediction is (share answered by the first step) × (share of compared ones that differ), and the
 * accuracy lost is that share × (last step's accuracy on compared ones − first step's).
 * @param steps in order, two or more. Shares are 0 to 1; null if unknown.
 */
export function reportOf(steps: readonly StepSum[], compared: ComparedSum): CascadeMeasurements {
  const reported = steps.map(({ counts, costPerThousand: _, ...step }) => ({
    ...step,
    answered: counts.answered ?? 0,
    runs: counts.runs ?? 0,
    failed: counts.failed ?? 0,
    meanComputeMs: counts.runs ? (counts.computeMs ?? 0) / counts.runs : null,
    escalated: Object.fromEntries(
      escalationReasons.flatMap((reason) => (counts[reason] ? [[reason, counts[reason]]] : [])),
    ) as Partial<Record<EscalationReason, number>>,
  }));
  const requests = reported.reduce((sum, { answered }) => sum + answered, 0);
  const first = reported[0];
  const comparing = first?.escalated.compared ?? 0;
  const byFirst = first?.answered ?? 0;
  const escalatedShare = requests > 0 ? (requests - byFirst - comparing) / requests : null;
  return {
    steps: reported,
    requests,
    escalatedShare,
    cost: costOf(steps, requests),
    quality: qualityOf(compared, escalatedShare),
  };
}

function costOf(steps: readonly StepSum[], requests: number): CascadeReport["cost"] {
  const isSet = steps.every(({ costPerThousand }) => costPerThousand !== null);
  const spent = steps.reduce((sum, { counts, costPerThousand }) => {
    return sum + (isSet ? ((counts.runs ?? 0) * (costPerThousand ?? 0)) / 1000 : (counts.computeMs ?? 0));
  }, 0);
  const last = steps.at(-1);
  const runs = last?.counts.runs ?? 0;
  const perRun = isSet ? (last?.costPerThousand ?? 0) / 1000 : runs > 0 ? (last?.counts.computeMs ?? 0) / runs : null;
  const alwaysLast = perRun === null ? null : perRun * requests;
  const savedShare = alwaysLast ? (alwaysLast - spent) / alwaysLast : null;
  return { unit: isSet ? "cost" : "ms", spent, alwaysLast, savedShare };
}

function qualityOf(
  { compared, different, labelled, firstRight, lastRight }: ComparedSum,
  escalatedShare: number | null,
): CascadeReport["quality"] {
  const ofFirst = escalatedShare === null ? null : 1 - escalatedShare;
  const differentShare = compared > 0 ? different / compared : null;
  const firstRightShare = labelled > 0 ? firstRight / labelled : null;
  const lastRightShare = labelled > 0 ? lastRight / labelled : null;
  const lost = firstRightShare === null || lastRightShare === null ? null : lastRightShare - firstRightShare;
  return {
    compared,
    differentShare,
    labelled,
    firstRightShare,
    lastRightShare,
    differentOfAll: ofFirst === null || differentShare === null ? null : ofFirst * differentShare,
    lostShare: ofFirst === null || lost === null ? null : ofFirst * lost,
  };
}
