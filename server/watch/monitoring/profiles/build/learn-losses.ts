import { specsByName } from "../../features/features-of.ts";
import { readFeatures } from "../../features/read-features.ts";
import type { ReferenceLosses } from "../../quality/losses/contract.ts";
import { fitLosses } from "../../quality/losses/fit-losses.ts";
import type { ProfiledFeature } from "../../state/contract.ts";
import type { VersionSides } from "./plan-reference.ts";
import type { SampledRow } from "./row-sample.ts";
import { batchOf } from "./sampled-batch.ts";

/**
 * Learns how large a version's numeric errors are depending on the position of a row, from rows with a prediction and a label. Null when
 * predictions are not numbers, or too few rows are labelled.
 */
export function learnLosses(
  rows: readonly SampledRow[],
  { signature, pipeline }: VersionSides,
  features: readonly ProfiledFeature[],
): ReferenceLosses | null {
  const specs = specsByName(
    signature,
    pipeline,
    features.map(({ name }) => name),
  );
  const known = features.flatMap((feature, index) => {
    const spec = specs[index];
    return spec && spec.source.from !== "embedding" && spec.source.from !== "picture" ? [{ feature, spec }] : [];
  });
  const index = known.findIndex(({ spec }) => spec.role === "output" && spec.name.startsWith("prediction"));
  if (index < 0 || known[index]?.spec.kind !== "numeric") return null;
  const labelled = rows.filter(({ label }) => label !== null && label.trim() !== "" && Number.isFinite(Number(label)));
  if (labelled.length === 0) return null;
  const values = readFeatures(
    known.map(({ spec }) => spec),
    batchOf(labelled),
    { labels: signature.labels },
  );
  const answered = (values[index] ?? []).map((value) => typeof value === "number" && Number.isFinite(value));
  const only = <Value>(of: readonly Value[]) => of.filter((_, row) => answered[row]);
  return fitLosses({
    features: known.map(({ feature }) => feature),
    values: values.map(only),
    predicted: only(values[index] ?? []) as number[],
    truths: only(labelled.map(({ label }) => Number(label))),
  });
}
