import type { ColumnProfile } from "#server/develop/datasets/profile/contract.ts";
import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { planPipeline } from "#server/develop/registry/pipeline/plan.ts";
import type { FeatureSpec } from "../../features/contract.ts";
import { featuresOf, textFeatures } from "../../features/features-of.ts";
import type { ProfileSource } from "../contract.ts";
import { planColumns, type TensorColumns } from "./tensor-columns.ts";

/** What a version takes and gives. */
export interface VersionSides {
  signature: Signature;
  pipeline?: Pipeline | undefined;
}

/** How the rows of a dataset become a reference. */
export interface ReferencePlan {
  /** Inputs, then what the version answers. */
  specs: FeatureSpec[];
  tensors: TensorColumns[];
  /** What the dataset has no column for. */
  missing: string[];
}

/** A column with no more different texts is watched by its levels. */
const maxLevels = 200;

/** Which columns of a dataset fill which features of a version. A column whose texts are mostly different is watched by their form, not by levels. */
export function planReference(
  version: VersionSides,
  columns: readonly ColumnProfile[],
  { columns: named }: Pick<Extract<ProfileSource, { kind: "dataset" }>, "columns">,
): ReferencePlan {
  const specs = featuresOf(version.signature, version.pipeline).flatMap((spec) => {
    const column = columns.find(({ name }) => name === (named[spec.name] ?? spec.name));
    return column && isProse(spec, column) ? textFeatures(spec.source.tensor) : [spec];
  });
  const names = columns.map(({ name }) => name);
  return { specs, ...planColumns(specs, inputsOf(version), names, named) };
}

/** What clients send: the pipeline's inputs and those of the model that it leaves alone. */
export function inputsOf({ signature, pipeline }: VersionSides): TensorSpec[] {
  return pipeline ? planPipeline(pipeline, signature).inputs : signature.inputs;
}

function isProse({ role, kind, source }: FeatureSpec, { count, distinct }: ColumnProfile): boolean {
  const isWord = role === "input" && kind === "categorical" && source.from === "element" && source.width === 1;
  return isWord && distinct.count > maxLevels && distinct.count > count / 2;
}
