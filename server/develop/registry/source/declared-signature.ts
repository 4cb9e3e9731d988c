import { z } from "zod";
import { parseYaml } from "#server/base/yaml.ts";
import type { Signature, TensorSpec } from "../onnx/contract.ts";

/** Datatypes of the Open Inference Protocol by numpy's names. */
const ofNumpy: Record<string, TensorSpec["datatype"]> = {
  bool: "BOOL",
  uint8: "UINT8",
  uint16: "UINT16",
  uint32: "UINT32",
  uint64: "UINT64",
  int8: "INT8",
  int16: "INT16",
  int32: "INT32",
  int64: "INT64",
  float16: "FP16",
  float32: "FP32",
  float64: "FP64",
  str: "BYTES",
  object: "BYTES",
};
/** Data types by MLflow's names for column types, as MLServer serves them. */
const ofColumn: Record<string, TensorSpec["datatype"]> = {
  boolean: "BOOL",
  integer: "INT32",
  long: "INT64",
  float: "FP32",
  double: "FP64",
  string: "BYTES",
  binary: "BYTES",
  datetime: "BYTES",
};

const Tensor = z.object({
  type: z.literal("tensor"),
  name: z.string().optional(),
  "tensor-spec": z.object({ dtype: z.string(), shape: z.array(z.number().int().min(-1)) }),
});
const Column = z.object({ type: z.string(), name: z.string().optional() });
const Declared = z.object({ signature: z.object({ inputs: z.string(), outputs: z.string() }) });

/**
 * Returns the signature that an MLmodel file declares, in the form of an inference server: each column is a tensor of [-1,1], and unnamed
 * ones are "input-0" and "output-0", both as in MLServer:
 * https://github.com/SeldonIO/MLServer/blob/master/runtimes/mlflow/mlserver_mlflow/metadata.py
 * @returns undefined unless it declares both sides, with tensors and columns only
 */
export function declaredSignature(mlModel: string): Signature | undefined {
  try {
    const { signature } = Declared.parse(parseYaml(mlModel));
    const [inputs, outputs] = [specsOf(signature.inputs, "input-"), specsOf(signature.outputs, "output-")];
    if (!inputs || !outputs) return undefined;
    return { inputs, outputs, opsets: {}, irVersion: 0, producer: "MLmodel", metadata: {} };
  } catch {
    return undefined;
  }
}

function specsOf(json: string, prefix: string): TensorSpec[] | undefined {
  const parts = z
    .array(z.union([Tensor, Column]))
    .min(1)
    .parse(JSON.parse(json));
  const specs = parts.map((part, index): TensorSpec | undefined => {
    const name = part.name ?? `${prefix}${index}`;
    const isTensor = "tensor-spec" in part;
    const datatype = isTensor ? ofNumpy[part["tensor-spec"].dtype] : ofColumn[part.type];
    const shape = isTensor ? part["tensor-spec"].shape : [-1, 1];
    return (
      datatype && { name, datatype, shape: shape.map((size, axis) => (size >= 0 ? size : axis === 0 ? "batch" : "")) }
    );
  });
  const known = specs.filter((spec) => spec !== undefined);
  const areNamedApart = new Set(known.map(({ name }) => name)).size === parts.length;
  return known.length === parts.length && areNamedApart ? known : undefined;
}
