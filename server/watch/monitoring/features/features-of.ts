import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { planPipeline } from "#server/develop/registry/pipeline/plan.ts";
import { pictureParts } from "#server/serve/pipeline/picture-summary.ts";
import { type FeatureSource, type FeatureSpec, maxElements, projectionCount, textParts } from "./contract.ts";
import { outputFeatures } from "./output-features.ts";
import { widthOf } from "./row-width.ts";

type ModelSides = Pick<Signature, "inputs" | "outputs" | "labels">;

/**
 * Returns the monitored features of a version: each number or string that it gets (the pipeline's inputs if it has one, looked up or sent, in [rows] or
 * [rows, n] with n up to 64), larger rows as embeddings (norm, cosine to the reference's mean, 16 projections), images as summaries, and
 * "prediction" and "score" of the output. Inputs without a fixed row length are excluded.
 */
export function featuresOf(signature: ModelSides, pipeline?: Pipeline): FeatureSpec[] {
  const plan = pipeline && planPipeline(pipeline, signature);
  const pictures = new Set(pipeline?.before.flatMap((part) => (part.kind === "image" ? [part.name] : [])));
  const inputs = (plan?.content ?? signature.inputs).flatMap((spec) =>
    pictures.has(spec.name) ? pictureFeatures(spec.name) : inputFeatures(spec),
  );
  const usedNames = new Set(inputs.map(({ name }) => name));
  const outputs = outputFeatures([...(plan?.outputs ?? []), ...signature.outputs], signature.labels);
  return [
    ...inputs,
    ...outputs.map((spec) => (usedNames.has(spec.name) ? { ...spec, name: `${spec.name} (answer)` } : spec)),
  ];
}

/** Returns the features monitored for a text column instead of its levels, once its rows have shown that it is text. */
export function textFeatures(tensor: string): FeatureSpec[] {
  return textParts.map((part) => input(`${tensor}.${part}`, "numeric", { from: "text", tensor, part }));
}

/** Returns specs for the names of a profile, in its order; undefined where the version no longer has the feature. */
export function specsByName(
  signature: ModelSides,
  pipeline: Pipeline | undefined,
  names: readonly string[],
): (FeatureSpec | undefined)[] {
  const all = featuresOf(signature, pipeline);
  const words = all.flatMap(({ source, kind }) =>
    source.from === "element" && kind === "categorical" ? textFeatures(source.tensor) : [],
  );
  const byName = new Map([...words, ...all].map((spec) => [spec.name, spec]));
  return names.map((name) => byName.get(name));
}

function inputFeatures({ name, datatype, shape }: TensorSpec): FeatureSpec[] {
  const width = widthOf(shape);
  if (width === undefined || width === 0) return [];
  const kind = datatype === "BYTES" || datatype === "BOOL" ? "categorical" : "numeric";
  const element = (index: number): FeatureSource => ({
    from: "element",
    tensor: name,
    index,
    width,
    ...readAs(datatype),
  });
  if (width === 1) return [input(name, kind, element(0))];
  if (width <= maxElements) {
    return Array.from({ length: width }, (_, index) => input(`${name}[${index}]`, kind, element(index)));
  }
  return kind === "categorical" ? [] : embeddingFeatures(name, width);
}

/** Returns the datatype properties needed to read its elements identically from any source. */
function readAs(datatype: TensorSpec["datatype"]): { isTruth?: boolean; precision?: "single" | "half" } {
  if (datatype === "BOOL") return { isTruth: true };
  if (datatype === "FP32") return { precision: "single" };
  return datatype === "FP16" ? { precision: "half" } : {};
}

function embeddingFeatures(tensor: string, width: number): FeatureSpec[] {
  const part = (name: string, part: "norm" | "cosine" | number) =>
    input(`${tensor}.${name}`, "numeric", { from: "embedding", tensor, width, part });
  const projections = Array.from({ length: projectionCount }, (_, at) => part(`projection[${at}]`, at));
  return [part("norm", "norm"), part("cosine", "cosine"), ...projections];
}

function pictureFeatures(tensor: string): FeatureSpec[] {
  return pictureParts.map((part) =>
    input(`${tensor}.${part}`, part === "format" ? "categorical" : "numeric", { from: "picture", tensor, part }),
  );
}

function input(name: string, kind: FeatureSpec["kind"], source: FeatureSource): FeatureSpec {
  return { name, role: "input", kind, source };
}
