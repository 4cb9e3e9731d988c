import type { ColumnProfile } from "#server/develop/datasets/profile/contract.ts";
import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { planPipeline } from "#server/develop/registry/pipeline/plan.ts";
import type { FeatureSpec } from "../../features/contract.ts";
import { featuresOf, textFeatures } from "../../features/features-of.ts";
import type { ProfileSource } from "../contract.ts";
import { planColumns, type TensorColumns } from "./tensor-columns.ts";

/** Inputs and outputs of a version. */
export interface VersionSides {
  signature: Signature;
  pipeline?: Pipeline | undefined;
}

/** Plan for building a reference from the rows of a dataset. */
export interface ReferencePlan {
  /** Inputs, then outputs of the version. */
  specs: FeatureSpec[];
  tensors: TensorColumns[];
  /** Features for which the dataset has no column. */
  missing: string[];
}

/** A column with no more different texts is watched by its levels. */
const maxLevels = 200;

/** Maps columns of a dataset to features of a version. A column with mostly distinct texts is monitored by text measures, not by levels. */
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

/** Returns the inputs of a version: those of the pipeline's steps, looked up or sent, and those of the model that it leaves unchanged. */
export function inputsOf({ signature, pipeline }: VersionSides): TensorSpec[] {
  return pipeline ? planPipeline(pipeline, signature).content : signature.inputs;
}

function isProse({ role, kind, source }: FeatureSpec, { count, distinct }: ColumnProfile): boolean {
  const isWord = role === "input" && kind === "categorical" && source.from === "element" && source.width === 1;
  return isWord && distinct.count > maxLevels && distinct.count > count / 2;
}
