import { DomainError } from "#server/base/errors.ts";
import { type ByteSource, type Field, fieldsOf, textOf } from "./protobuf.ts";

/** Input or output value of a graph: a tensor, or another kind. */
export interface GraphValue {
  name: string;
  kind: "tensor" | "sequence" | "map" | "optional" | "sparse tensor" | "unknown";
  /** TensorProto.DataType, of a tensor. */
  elementType: number;
  /** Whether the number of dimensions is known. */
  hasShape: boolean;
}

// TypeProto of onnx.proto.
const kinds: Record<number, GraphValue["kind"]> = {
  1: "tensor",
  4: "sequence",
  5: "map",
  8: "sparse tensor",
  9: "optional",
};

// TensorProto.DataType of onnx.proto; those that ONNX Runtime's Node binding carries are 1 to 13.
const highestServable = 13;
const unservableTypes: Record<number, string> = {
  14: "complex64",
  15: "complex128",
  16: "bfloat16",
  17: "float8e4m3fn",
  18: "float8e4m3fnuz",
  19: "float8e5m2",
  20: "float8e5m2fnuz",
  21: "uint4",
  22: "int4",
  23: "float4e2m1",
  24: "float8e8m0",
};

/** Reads a ValueInfoProto. */
export function readValue(source: ByteSource, field: Field): GraphValue {
  const value: GraphValue = { name: "", kind: "unknown", elementType: 0, hasShape: false };
  for (const part of fieldsOf(source, field.start, field.end)) {
    if (part.number === 1) value.name = textOf(source, part);
    if (part.number === 2) readType(source, part, value);
  }
  return value;
}

function readType(source: ByteSource, field: Field, value: GraphValue): void {
  for (const type of fieldsOf(source, field.start, field.end)) {
    const kind = kinds[type.number];
    if (!kind) continue;
    value.kind = kind;
    if (kind !== "tensor") continue;
    for (const part of fieldsOf(source, type.start, type.end)) {
      if (part.number === 1) value.elementType = part.value;
      if (part.number === 2) value.hasShape = true;
    }
  }
}

/**
 * Rejects values that a request or response cannot contain.
 * @throws DomainError "invalid" with the input or output and the fix.
 */
export function refuseUnservableValues(inputs: GraphValue[], outputs: GraphValue[]): void {
  for (const input of inputs) {
    refuseUnservable(`Input "${input.name}"`, input);
    if (!input.hasShape) {
      throw new DomainError(
        "invalid",
        `Input "${input.name}" has no shape. Export the model with a shape for every input; individual dimensions can be dynamic.`,
      );
    }
  }
  for (const output of outputs) refuseUnservable(`Output "${output.name}"`, output);
}

function refuseUnservable(what: string, value: GraphValue): void {
  if (value.kind !== "tensor") {
    throw new DomainError(
      "invalid",
      `${what} is a ${value.kind}; only tensors can be served. With scikit-learn, convert with options={"zipmap": False}.`,
    );
  }
  if (value.elementType > highestServable || value.elementType < 1) {
    const type = unservableTypes[value.elementType] ?? `number ${value.elementType}`;
    throw new DomainError(
      "invalid",
      `${what} has the type ${type}, which cannot be served. Export the model with float32 or float16 there.`,
    );
  }
}
