import type { MetricVerdict, Reproducibility } from "./contract.ts";

/** What a finished job left: its last metrics, and SHA-256 by path of the files that are its model. */
export interface Outcome {
  metrics: Readonly<Record<string, number>>;
  files: Readonly<Record<string, string>>;
  kind: "model" | "checkpoint";
}

/** Differences of at most this share of a value are those of adding numbers in another order. */
const tolerance = 1e-6;
/** Fewer repeats have no spread to compare with. */
const minRepeats = 3;

/**
 * Says whether a re-run gave the same, in this order: files with the same bytes; metrics that are equal to a millionth; metrics within three
 * standard deviations of at least three other exact re-runs; else they differ. The re-run itself is not among the repeats: an outlier would
 * widen what it is compared with. Metrics of the machine (`system/`) are left out. docs/spec/training.md section 13.
 * @param options.repeats metrics of the other exact re-runs @param options.keys metrics to compare; all when left out
 */
export function compareOutcomes(
  original: Outcome,
  rerun: Outcome,
  { repeats, keys }: { repeats: readonly Readonly<Record<string, number>>[]; keys?: readonly string[] | undefined },
): Pick<Reproducibility, "verdict" | "files" | "metrics"> {
  const files = compareFiles(original, rerun);
  const names =
    keys ?? Object.keys({ ...original.metrics, ...rerun.metrics }).filter((key) => !key.startsWith("system/"));
  const metrics = names
    .toSorted()
    .map((key) => compareMetric(key, [original.metrics[key], rerun.metrics[key]], repeats));
  const has = (verdict: MetricVerdict["verdict"]) => metrics.some((one) => one.verdict === verdict);
  if (files && files.different.length === 0) return { verdict: "bit-equal", files, metrics };
  if (metrics.length === 0) return { verdict: files ? "differs" : "nothing-to-compare", files, metrics };
  if (has("differs")) return { verdict: "differs", files, metrics };
  if (has("not-enough-repeats")) return { verdict: "not-enough-repeats", files, metrics };
  return { verdict: has("within-noise") ? "within-noise" : "equal-metrics", files, metrics };
}

function compareFiles(original: Outcome, rerun: Outcome): Reproducibility["files"] {
  const [before, after] = [Object.keys(original.files), Object.keys(rerun.files)];
  if (before.length === 0 || after.length === 0 || original.kind !== rerun.kind) return null;
  const all = [...new Set([...before, ...after])].toSorted();
  const different = all.filter((path) => original.files[path] !== rerun.files[path]);
  return { kind: original.kind, count: all.length, different };
}

function compareMetric(
  key: string,
  [before, after]: readonly [number | undefined, number | undefined],
  repeats: readonly Readonly<Record<string, number>>[],
): MetricVerdict {
  const values = repeats.flatMap((one) => one[key] ?? []).filter(Number.isFinite);
  const spread = values.length < minRepeats ? null : deviationOf(values);
  const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null);
  const shown = { key, original: finite(before), rerun: finite(after), spread };
  // Two that are no number, or infinite, are the same; one that was not logged differs from any.
  if (before === undefined || after === undefined) return { ...shown, verdict: "differs" };
  if (Object.is(before, after)) return { ...shown, verdict: "equal" };
  if (!(Number.isFinite(before) && Number.isFinite(after))) return { ...shown, verdict: "differs" };
  const difference = Math.abs(after - before);
  if (difference <= tolerance * Math.max(Math.abs(before), Math.abs(after))) return { ...shown, verdict: "equal" };
  if (spread === null) return { ...shown, verdict: "not-enough-repeats" };
  return { ...shown, verdict: difference <= 3 * spread ? "within-noise" : "differs" };
}

/** Standard deviation of a sample. */
function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
