import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { hasBatchDimension } from "../tensor/batch-dimension.ts";
import { elementCount, tensorTypes } from "../tensor/tensor.ts";
import type { InferRequest } from "./infer-request.ts";
import { refuse } from "./refuse.ts";

/**
 * Returns the request that a body without a JSON part represents (docs/spec/open-inference-protocol.md section 10): one row of the only
 * input, all outputs in binary. @throws DomainError "invalid" when the model or the length of the body leaves the shape open
 */
export function rawRequest(body: Buffer, signature: Signature): InferRequest {
  const [spec, ...others] = signature.inputs;
  if (!spec || others.length > 0) {
    return refuse(
      `a body without a JSON part requires a model with one input; this one has ${signature.inputs.length}`,
    );
  }
  const { name, datatype } = spec;
  const isBatched = hasBatchDimension(signature);
  const shape = datatype === "BYTES" ? shapeOfText(spec, isBatched) : shapeOfBytes(spec, isBatched, body.length);
  const tail = datatype === "BYTES" ? withLength(body) : body;
  return {
    id: undefined,
    timeoutMs: undefined,
    priority: 0,
    outputs: undefined,
    wantsBinary: true,
    tail,
    inputs: [{ name, datatype, shape, data: undefined, binarySize: tail.length }],
  };
}

/** Computes the shape of a binary body: the size determines the one dimension that may be free. */
function shapeOfBytes(spec: TensorSpec, isBatched: boolean, size: number): number[] {
  const dimensions = rowOf(spec, isBatched);
  const free = dimensions.filter((dimension) => typeof dimension === "string").length;
  if (free > 1)
    refuse(`input '${spec.name}': its shape has ${free} variable dimensions; send a JSON part with the shape`);
  const fixed = dimensions.filter((dimension) => typeof dimension === "number");
  const step = elementCount(fixed) * tensorTypes[spec.datatype].bytes;
  const count = size === 0 ? 0 : size / step;
  if (!Number.isInteger(count)) refuse(`input '${spec.name}': ${size} bytes are not a multiple of ${step}`);
  return dimensions.map((dimension) => (typeof dimension === "string" ? count : dimension));
}

/** Computes the shape of a text body: the complete body is one text, so the shape must hold one element. */
function shapeOfText(spec: TensorSpec, isBatched: boolean): number[] {
  const shape = rowOf(spec, isBatched);
  const fixed = shape.filter((dimension) => typeof dimension === "number");
  if (fixed.length < shape.length || elementCount(fixed) !== 1) {
    refuse(`input '${spec.name}': a body without a JSON part holds one text, and the shape does not hold exactly one`);
  }
  return fixed;
}

/** Returns the shape of one row. */
function rowOf({ shape }: TensorSpec, isBatched: boolean): (number | string)[] {
  return isBatched ? [1, ...shape.slice(1)] : shape;
}

function withLength(text: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text]);
}
