const words = (key: string) => key.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();

const losses = /loss|(^|[^a-z])(nll|perplexity|ppl|cross_?entropy|bce|elbo)([^a-z]|$)/;
const norms =
  /(^|[^a-z])((grad(ient)?s?|weights?|params?|parameters?|updates?)[^a-z]*norms?|grads?|gradients?|norms?)([^a-z]|$)/;

/** Returns whether training minimises a metric: "val_loss", "train/nll". */
export function isLoss(key: string): boolean {
  return !key.startsWith("system/") && losses.test(words(key)) && !isNorm(key);
}

/** Returns whether a metric is the norm of gradients, weights or updates: "grad_norm", "train/gradientNorm". */
export function isNorm(key: string): boolean {
  return !key.startsWith("system/") && norms.test(words(key));
}

/** Returns the metrics of a run whose curves are checked: at most six losses and six norms, short names first. */
export function watchedKeys(keys: readonly string[]): string[] {
  const first = (chosen: string[]) =>
    chosen.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, maxPerMetricKind);
  return [...first(keys.filter(isLoss)), ...first(keys.filter(isNorm))];
}

const maxPerMetricKind = 6;
