import type { OnnxGraph } from "#server/develop/registry/onnx/contract.ts";
import { type ByteSource, type Field, fieldsOf, numbersOf, textOf } from "./protobuf.ts";
import type { Visitor } from "./walk-graph.ts";

/** TensorProto.DataType of shapes, indices, strings and flags: values of a model that are not weights. */
const notWeights = new Set([7, 8, 9]);

/**
 * Counts what a walk passes by: operators by kind, and numbers in weights: of tensors in the file or beside it, and of lists in
 * attributes, where tree ensembles keep theirs.
 */
export function graphCounter(source: ByteSource): { visitor: Required<Visitor>; countGraph: () => OnnxGraph } {
  const counts = new Map<string, OnnxGraph["operators"][number]>();
  let parameterCount = 0;
  return {
    visitor: {
      node: (field) => {
        const { domain, name } = operatorOf(source, field);
        const known = counts.get(`${domain} ${name}`) ?? { domain, name, count: 0 };
        counts.set(`${domain} ${name}`, { ...known, count: known.count + 1 });
      },
      tensor: (field) => {
        parameterCount += sizeOf(source, field);
      },
      floats: (field) => {
        parameterCount += (field.end - field.start) / 4;
      },
    },
    countGraph: () => ({ operators: [...counts.values()].sort(descending), parameterCount }),
  };
}

/** Returns the operator of a NodeProto: field 4 is the operator, 7 its domain. */
function operatorOf(source: ByteSource, node: Field): { domain: string; name: string } {
  let [domain, name] = ["", ""];
  for (const part of fieldsOf(source, node.start, node.end)) {
    if (part.number === 4) name = textOf(source, part);
    if (part.number === 7) domain = textOf(source, part);
  }
  return { domain: domain === "ai.onnx" ? "" : domain, name };
}

/** Returns the size of a TensorProto: field 1 has its dimensions, 2 its type. A tensor without dimensions is one number. */
function sizeOf(source: ByteSource, tensor: Field): number {
  let [size, type] = [1, 0];
  for (const part of fieldsOf(source, tensor.start, tensor.end)) {
    if (part.number === 1) for (const dimension of numbersOf(source, part)) size *= dimension;
    if (part.number === 2) type = part.value;
  }
  return notWeights.has(type) ? 0 : size;
}

function descending(a: OnnxGraph["operators"][number], b: OnnxGraph["operators"][number]): number {
  return b.count - a.count || (`${a.domain} ${a.name}` < `${b.domain} ${b.name}` ? -1 : 1);
}
