import { formatNumber } from "#components/ui/format.ts";
import type { Prediction } from "#server/serve/predictions/contract.ts";

/** Reason why a request was logged, in one or two words. */
export const loggedReasonLabels: Record<Prediction["loggedReason"], string> = {
  sampled: "sampled",
  failed: "failed",
  "low-confidence": "low confidence",
  compared: "compared",
};

/** Outcome of a step of a cascade. */
export const stepLabels: Record<NonNullable<Prediction["cascade"]>[number]["outcome"], string> = {
  answered: "responded",
  failed: "failed",
  "low-confidence": "low confidence",
  error: "failed",
  timeout: "timed out",
  tag: "skipped by tag",
  compared: "run for comparison",
};

/** Source of the prediction. */
export const sourceLabels: Record<Prediction["source"], string> = {
  model: "the model",
  cache: "the cache",
  coalesced: "an identical in-flight request",
};

/** Formats a cost per million requests, because that of one is too small to read. In the currency of the configured price. */
export function formatCost(cost: number): string {
  return `${formatNumber(cost * 1_000_000)} per million similar requests`;
}
