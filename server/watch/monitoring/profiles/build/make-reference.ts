import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findUploadedVersion } from "#server/develop/datasets/lookups.ts";
import { ColumnProfile } from "#server/develop/datasets/profile/contract.ts";
import { openColumns } from "#server/develop/datasets/rows/open-table.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { VersionLeaser } from "#server/serve/model-runs/with-leased-version.ts";
import type { FeatureSpec } from "../../features/contract.ts";
import { featuresOf } from "../../features/features-of.ts";
import type { ProfiledFeature } from "../../state/contract.ts";
import { problemOf } from "../check-source.ts";
import type { Calibration, ProfileSource, ReferenceQuality } from "../contract.ts";
import { columnBatches } from "./dataset-batches.ts";
import { evaluateReference } from "./evaluate-reference.ts";
import { FeatureGatherer } from "./feature-gatherer.ts";
import { learnLosses } from "./learn-losses.ts";
import { inputsOf, planReference, type VersionSides } from "./plan-reference.ts";
import { predictReference } from "./predict-reference.ts";
import { readReference } from "./read-reference.ts";
import type { ReferenceRows } from "./reference-batch.ts";
import type { SampledRow } from "./row-sample.ts";
import { batchOf } from "./sampled-batch.ts";
import { trafficBatches } from "./traffic-batches.ts";

/** Reference that is to be built. */
export interface ReferenceInput {
  profileId: string;
  versionId: string;
  sides: VersionSides;
  source: ProfileSource;
}

interface MakingDependencies {
  artifacts: ArtifactStore;
  models: VersionLeaser;
  onProgress: (rowsRead: number) => Promise<void>;
}

/** Stored parts of a reference. */
export interface Reference {
  rows: number;
  features: ProfiledFeature[];
  notes: string[];
  quality: ReferenceQuality | null;
  calibration: Calibration | null;
  importances: Record<string, number> | null;
  /** Uniform sample of the rows, with the version's outputs where it returned some. */
  sample: SampledRow[];
}

/**
 * Reads the rows of a source, runs the version on a sample of them, and builds the profiles of both.
 * @throws UnreadableFile with line and column; DomainError if the source is invalid, "unavailable" if it is unreachable
 */
export async function makeReference(ctx: Context, input: ReferenceInput, deps: MakingDependencies): Promise<Reference> {
  const { rows, specs } = await openSource(ctx, input, deps.artifacts);
  const inputs = specs.filter(({ role }) => role === "input");
  const outputs = specs.filter(({ role }) => role === "output");
  const { signature } = input.sides;
  const reading = await readReference(rows, inputs, deps.onProgress);
  const request = { versionId: input.versionId, tensors: inputsOf(input.sides), inputs, outputs };
  const answered = await predictReference(ctx, deps.models, request, reading.sample);
  const gatherer = new FeatureGatherer(outputs, { labels: signature.labels });
  if (answered.rows.length > 0) gatherer.add({ given: batchOf(answered.rows) });
  const features = [...reading.inputs, ...(answered.rows.length > 0 ? gatherer.features() : [])];
  const { quality, calibration } = evaluateReference(answered.rows, outputs, signature.labels);
  return {
    rows: reading.rows,
    features,
    notes: answered.notes,
    importances: answered.importances,
    quality: quality && { ...quality, losses: learnLosses(answered.rows, input.sides, features) },
    calibration,
    sample: answered.rows.length > 0 ? answered.rows : reading.sample,
  };
}

async function openSource(
  ctx: Context,
  { versionId, sides, source }: ReferenceInput,
  store: ArtifactStore,
): Promise<{ rows: ReferenceRows; specs: FeatureSpec[] }> {
  if (source.kind === "traffic") {
    const specs = featuresOf(sides.signature, sides.pipeline).filter(({ source }) => source.from !== "picture");
    return { rows: { rowsExpected: null, batches: trafficBatches(ctx, versionId, source, specs) }, specs };
  }
  const dataset = await findUploadedVersion(ctx, source);
  const { specs, tensors, missing } = planReference(sides, ColumnProfile.array().parse(dataset.columns), source);
  const problem = problemOf(specs.filter(({ role }) => role === "input").length, missing, source.name);
  if (problem) throw new DomainError("invalid", problem);
  const batches = columnBatches(await openColumns(store, dataset), { tensors, ...source });
  return { rows: { rowsExpected: source.where ? null : dataset.rows, batches }, specs };
}
