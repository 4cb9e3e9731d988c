import { formatNumber } from "#components/ui/format.ts";
import type { Prediction } from "#server/serving/predictions/contract.ts";

/** Why a request is in the log, in one word. */
export const keptWords: Record<Prediction["kept"], string> = {
  sampled: "sampled",
  failed: "failed",
  "low-confidence": "unsure",
  compared: "compared",
};

/** What a step of a cascade did. */
export const stepWords: Record<NonNullable<Prediction["cascade"]>[number]["outcome"], string> = {
  answered: "answered",
  failed: "had no answer",
  "low-confidence": "was not sure enough",
  error: "failed",
  timeout: "took too long",
  tag: "was passed over",
  compared: "was compared",
};

/** What made the answer. */
export const sourceWords: Record<Prediction["source"], string> = {
  model: "the model",
  cache: "the cache",
  coalesced: "an identical request under way",
};

/** A cost in words: of one request it is too small to be read. In the currency of the configured price. */
export function costWords(cost: number): string {
  return `${formatNumber(cost * 1_000_000)} for a million requests like it`;
}
