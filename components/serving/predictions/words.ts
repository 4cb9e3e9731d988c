import type { Prediction } from "#server/serving/contract.ts";

/** Why a request is in the log, in one word. */
export const keptWords: Record<Prediction["kept"], string> = {
  sampled: "sampled",
  failed: "failed",
  "low-confidence": "unsure",
};

/** What made the answer. */
export const sourceWords: Record<Prediction["source"], string> = {
  model: "the model",
  cache: "the cache",
  coalesced: "an identical request under way",
};
