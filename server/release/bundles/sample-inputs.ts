import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { ColumnsPart, Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { madeUpInputs } from "#server/serve/pool/warm-up.ts";
import { toLogged } from "#server/serve/protocol/encode-json.ts";
import type { InputPart } from "#server/serve/protocol/infer-request.ts";
import { elementCount, type Tensor } from "#server/serve/tensor/tensor.ts";

const seed = 1;

/** Returns synthetic inputs of a model: all elements differ if the type allows it. Symbolic dimensions are 1. */
export function modelInputs(signature: Signature): Tensor[] {
  return madeUpInputs(signature, seed);
}

/**
 * Returns synthetic inputs of a pipeline, as in a request: the picture for image inputs, and a known level for columns with levels.
 * @param inputs of the pipeline's plan. @param picture a file, as base64
 */
export function pipelineInputs(
  { before }: Pipeline,
  signature: Signature,
  inputs: TensorSpec[],
  picture: string,
): InputPart[] {
  const pictures = before.flatMap((part) => (part.kind === "image" ? [part.name] : []));
  const levels = new Map(before.flatMap((part) => (part.kind === "columns" ? [...knownLevels(part)] : [])));
  return madeUpInputs({ ...signature, inputs }, seed).map((tensor) => {
    const { name, datatype, shape } = tensor;
    const part = { name, datatype, shape, binarySize: undefined };
    const count = elementCount(shape);
    if (pictures.includes(name)) {
      return { ...part, contentType: "base64", data: new Array<string>(count).fill(picture) };
    }
    const level = levels.get(name);
    if (level === undefined) return { ...part, data: toLogged(tensor, Number.POSITIVE_INFINITY).data };
    return { ...part, data: new Array(count).fill(datatype === "BYTES" ? level : Number(level)) };
  });
}

/** Returns the first level of a column in a one-hot step, by the column's name in requests, even if it was renamed before the step. */
function knownLevels({ columns, steps }: ColumnsPart): Map<string, string> {
  const sent = new Map(columns.map(({ name }) => [name, name]));
  const levels = new Map<string, string>();
  for (const step of steps) {
    if (step.step === "one-hot") {
      const [name, level] = [sent.get(step.column), step.levels[0]];
      if (name !== undefined && level !== undefined) levels.set(name, level);
    }
    if (step.step !== "rename") continue;
    const renamed = [...sent].map(([now, name]): [string, string] => [step.names[now] ?? now, name]);
    sent.clear();
    for (const [now, name] of renamed) sent.set(now, name);
  }
  return levels;
}
