import { formatNumber } from "#components/ui/format.ts";
import type { Prediction } from "#server/serve/predictions/contract.ts";

/** Why a request is in the log, in one word. */
export const loggedReasonLabels: Record<Prediction["loggedReason"], string> = {
  sampled: "sampled",
  failed: "failed",
  "low-confidence": "low confidence",
  compared: "compared",
};

/** What a step of a cascade did. */
export const stepLabels: Record<NonNullable<Prediction["cascade"]>[number]["outcome"], string> = {
  answered: "responded",
  failed: "failed",
  "low-confidence": "low confidence",
  error: "failed",
  timeout: "timed out",
  tag: "skipped by tag",
  compared: "run for comparison",
};

/** What made the answer. */
export const sourceLabels: Record<Prediction["source"], string> = {
  model: "the model",
  cache: "the cache",
  coalesced: "an identical in-flight request",
};

/** A cost in words: of one request it is too small to be read. In the currency of the configured price. */
export function formatCost(cost: number): string {
  return `${formatNumber(cost * 1_000_000)} per million similar requests`;
}
