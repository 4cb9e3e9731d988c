import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { type Random, seededRandom } from "#server/stats/random.ts";
import type { FieldContract } from "../protection/contract.ts";
import { hasBatchDimension } from "../tensor/batch-dimension.ts";
import { elementCount, type Tensor, tensorTypes } from "../tensor/tensor.ts";

/**
 * Generates inputs from a seed that satisfy the input contract: values in the range or among the levels of their field; without a
 * contract, floats from 0 to 1, integers 0 or 1, and empty text. Free dimensions are 1, and the batch dimension is `rows`.
 */
export function randomInputs(
  signature: Signature,
  fields: readonly FieldContract[],
  { rows, seed }: { rows: number; seed: number },
): Tensor[] {
  const random = seededRandom(seed);
  const isBatched = hasBatchDimension(signature);
  return signature.inputs.map((spec) => inputOf(spec, fields, random, isBatched ? rows : undefined));
}

function inputOf(spec: TensorSpec, fields: readonly FieldContract[], random: Random, rows: number | undefined): Tensor {
  const { name, datatype } = spec;
  const shape = spec.shape.map((dimension, axis) =>
    axis === 0 && rows !== undefined ? rows : typeof dimension === "number" ? dimension : 1,
  );
  const data = tensorTypes[datatype].allocate(elementCount(shape));
  const own = fields.filter(({ input }) => input === name);
  const columns = shape.at(-1) ?? 1;
  // FP16 is stored as raw bits.
  const target = (
    datatype === "FP16" ? new Float16Array((data as Uint16Array<ArrayBuffer>).buffer) : data
  ) as unknown[];
  for (let index = 0; index < data.length; index += 1) {
    const field = own.find(({ column }) => column === index % columns) ?? own.find(({ column }) => column === null);
    target[index] = elementOf(datatype, field, random);
  }
  return { name, datatype, shape, data };
}

function elementOf(datatype: Tensor["datatype"], field: FieldContract | undefined, random: Random): unknown {
  const level = field?.levels?.[Math.floor(random() * field.levels.length)];
  if (datatype === "BYTES") return level === undefined ? "" : String(level);
  const value = level === undefined ? inRange(datatype, field, random) : Number(level);
  return datatype === "INT64" || datatype === "UINT64" ? BigInt(Math.round(value)) : value;
}

function inRange(datatype: Tensor["datatype"], field: FieldContract | undefined, random: Random): number {
  const isSessionSource = !datatype.startsWith("FP") || field?.type === "integer" || field?.type === "boolean";
  const { minimum, maximum } = field ?? { minimum: null, maximum: null };
  const low = minimum ?? (maximum === null ? 0 : Math.min(0, maximum - 1));
  const high = maximum ?? low + 1;
  if (!isSessionSource) return low + random() * (high - low);
  const [first, last] = [Math.ceil(low), Math.floor(high)];
  return first + Math.floor(random() * (Math.max(first, last) - first + 1));
}
