import { UnreadableFile } from "#server/develop/datasets/rows/rows.ts";
import type { FeatureSpec } from "../../features/contract.ts";
import type { ProfiledFeature } from "../../state/contract.ts";
import { EmbeddingMeans } from "./embedding-means.ts";
import { FeatureGatherer } from "./feature-gatherer.ts";
import type { ReferenceRows } from "./reference-batch.ts";
import { RowSample, type SampledRow } from "./row-sample.ts";
import { batchOf } from "./sampled-batch.ts";

/** Result of one pass over the rows. */
export interface ReferenceReading {
  rows: number;
  /** In the order of the specs. */
  inputs: ProfiledFeature[];
  sample: SampledRow[];
}

const progressMs = 1000;

/**
 * Reads all rows of a reference once, in memory that does not grow with them.
 * @param specs of inputs. @param onProgress how many rows were read, about once a second
 * @throws UnreadableFile when there are none, and as the rows do
 */
export async function readReference(
  { batches }: ReferenceRows,
  specs: readonly FeatureSpec[],
  onProgress: (rowsRead: number) => Promise<void>,
): Promise<ReferenceReading> {
  const isCosine = ({ source }: FeatureSpec) => source.from === "embedding" && source.part === "cosine";
  const gatherer = new FeatureGatherer(specs.filter((spec) => !isCosine(spec)));
  const means = new EmbeddingMeans(specs);
  const sample = new RowSample();
  let rows = 0;
  let reportedAt = performance.now();
  for await (const batch of batches) {
    gatherer.add(batch);
    means.add(batch);
    sample.add(batch);
    rows += batch.given.rows;
    if (performance.now() - reportedAt < progressMs) continue;
    await onProgress(rows);
    reportedAt = performance.now();
  }
  if (rows === 0)
    throw new UnreadableFile(
      "There are no rows to create a reference from: the file has none of the selected split, or no requests of this version were fully recorded in that period.",
    );
  // The mean for the cosine is only known now; the sample represents all rows.
  const found = new Map(
    [...gatherer.features(), ...cosinesOf(specs.filter(isCosine), sample.rows, means.means())].map((feature) => [
      feature.name,
      feature,
    ]),
  );
  return {
    rows,
    inputs: specs.map(({ name }) => found.get(name) as ProfiledFeature),
    sample: sample.rows,
  };
}

function cosinesOf(
  specs: readonly FeatureSpec[],
  rows: readonly SampledRow[],
  means: Map<string, number[]>,
): ProfiledFeature[] {
  if (specs.length === 0) return [];
  const gatherer = new FeatureGatherer(specs, { means });
  gatherer.add({ given: batchOf(rows) });
  return gatherer.features().map((feature, index) => {
    const meanRow = means.get((specs[index] as FeatureSpec).source.tensor);
    const { profile } = feature;
    return profile.kind === "numeric" && meanRow ? { ...feature, profile: { ...profile, meanRow } } : feature;
  });
}
