import type { Direction } from "./metrics/contract.ts";
import type { MetricUse } from "./tables/contract.ts";

const lowerNames =
  /(^|[^a-z])(loss|losses|error|errors|err|mae|mse|rmse|msle|mape|smape|nll|bce|cross_?entropy|perplexity|ppl|wer|cer|fid|brier|ece|latency|time|seconds|ms|cost|bias|regret|distance|divergence|kl)([^a-z]|$)/;
const higherNames =
  /(^|[^a-z])(acc|accuracy|auc|auroc|auprc|roc|f1|f|fbeta|precision|recall|sensitivity|specificity|score|r2|map|ap|ndcg|mrr|iou|miou|dice|bleu|rouge|reward|return|psnr|ssim|hit|ctr|likelihood|top[0-9]+)([^a-z]|$)/;

/** Names that speak of quality, for a case-insensitive search in Postgres: an experiment may have thousands of other metrics. */
export const qualityPattern = `${lowerNames.source}|${higherNames.source}`;

/** Reads the direction from the words of a name: "val_loss" is better lower, "Test/Accuracy" higher. */
export function guessDirection(key: string): Direction {
  // camelCase is split into words first.
  const words = key.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
  if (lowerNames.test(words)) return "lower";
  if (higherNames.test(words)) return "higher";
  return "unknown";
}

/** Metrics about training conditions rather than about the quality of the model. */
const conditions =
  /^system\/|(^|[^a-z])(lr|learning_?rate|epochs?|steps?|grad(ient)?(_?norm)?|momentum|weight_?decay)([^a-z]|$)/i;

/**
 * Chooses the metric that represents a run in a table: among metrics that at least half as many runs have as the most common one, the
 * one whose name most clearly indicates quality on held-out data; then the most common; then by name.
 */
export function chooseHeadline(uses: readonly MetricUse[]): string | undefined {
  const results = uses.filter(({ key }) => !conditions.test(key));
  const most = Math.max(0, ...results.map(({ runs }) => runs));
  const common = results.filter(({ runs }) => runs * 2 >= most);
  return best(common, ({ key }) => {
    const direction = guessDirection(key);
    return (direction === "higher" ? 4 : direction === "lower" ? 2 : 0) + heldOut(key);
  });
}

function heldOut(key: string): number {
  if (/(^|[^a-z])val(id(ation)?)?([^a-z]|$)/i.test(key)) return 1;
  return /(^|[^a-z])(eval|test|dev)([^a-z]|$)/i.test(key) ? 0.5 : 0;
}

function best(uses: MetricUse[], worth: (use: MetricUse) => number): string | undefined {
  const [first] = uses.toSorted((a, b) => worth(b) - worth(a) || b.runs - a.runs || (a.key < b.key ? -1 : 1));
  return first?.key;
}
