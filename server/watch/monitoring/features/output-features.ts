import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { type FeatureSource, type FeatureSpec, maxClasses, maxElements } from "./contract.ts";
import { widthOf } from "./row-width.ts";

const floats: readonly string[] = ["FP16", "FP32", "FP64"];
/** Names that exporters give to class scores. */
const scoreNames = /prob|score|softmax|logit|confidence/i;

/**
 * Finds "prediction" and "score" of a version. Class scores are an output of two or more floats per row, identified by the file's
 * labels, its name, or a label beside it, or one float if there are two labels; a label is an output of one word or integer. Otherwise
 * the outputs are numbers: a single one is the prediction itself, a few become one feature each.
 * @param outputs those of the pipeline first
 */
export function outputFeatures(outputs: readonly TensorSpec[], labels: readonly string[] | undefined): FeatureSpec[] {
  const sized = outputs.map((spec) => ({ ...spec, width: widthOf(spec.shape) }));
  const label = sized.find(({ datatype, width }) => !floats.includes(datatype) && width === 1);
  const candidates = sized.filter((spec) => isScores(spec, labels, label !== undefined));
  // A pipeline may return the best few beside those of all classes.
  const scores = candidates.find(({ width }) => width === labels?.length) ?? candidates[0];
  const spec = (name: string, kind: FeatureSpec["kind"], source: FeatureSource): FeatureSpec => ({
    name,
    role: "output",
    kind,
    source,
  });
  const element = (tensor: string, width: number, index = 0): FeatureSource => ({
    from: "element",
    tensor,
    index,
    width,
  });
  const made: FeatureSpec[] = [];
  const truth = label?.datatype === "BOOL" && { isTruth: true };
  if (label) made.push(spec("prediction", "categorical", { ...element(label.name, 1), ...truth }));
  else if (scores)
    made.push(spec("prediction", "categorical", { from: "class", tensor: scores.name, width: scores.width ?? 1 }));
  if (scores) made.push(spec("score", "numeric", { from: "score", tensor: scores.name, width: scores.width ?? 1 }));
  if (made.length > 0) return made;
  const number = sized.find(({ datatype, width }) => floats.includes(datatype) && width !== undefined && width > 0);
  if (!number?.width || number.width > maxElements) return [];
  const { name, width } = number;
  if (width === 1) return [spec("prediction", "numeric", element(name, 1))];
  return Array.from({ length: width }, (_, index) =>
    spec(`prediction[${index}]`, "numeric", element(name, width, index)),
  );
}

function isScores(
  { name, datatype, width }: TensorSpec & { width: number | undefined },
  labels: readonly string[] | undefined,
  hasLabel: boolean,
): boolean {
  if (!floats.includes(datatype) || width === undefined || width > maxClasses) return false;
  if (width === 1) return labels?.length === 2;
  return width > 1 && (labels?.length === width || scoreNames.test(name) || hasLabel);
}
