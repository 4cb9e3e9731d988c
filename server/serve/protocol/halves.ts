import { elementCount } from "../tensor/tensor.ts";
import { encodeBinary } from "./binary.ts";
import { decodeJson } from "./decode-json.ts";
import type { InferRequest, InputPart } from "./infer-request.ts";
import { refuse } from "./refuse.ts";

/**
 * Encodes inputs of half precision as bytes, the protocol's only form for them. The log and the playground write them as numbers, like
 * any other type; clients that send this form are rejected.
 * @param tail bytes of inputs that are binary already
 * @throws DomainError "invalid" for a value that is not a number of the type
 */
export function halvesAsBytes(inputs: readonly InputPart[], tail: Buffer): Pick<InferRequest, "inputs" | "tail"> {
  const pieces: Buffer[] = [];
  let offset = 0;
  const parts = inputs.map((part) => {
    const { name, datatype, shape, data, binarySize = 0 } = part;
    const isNumbers = datatype === "FP16" && data !== undefined;
    const bytes = isNumbers
      ? encodeBinary({ name, datatype, shape, data: readHalves(name, data, elementCount(shape)) })
      : tail.subarray(offset, offset + binarySize);
    pieces.push(bytes);
    offset += binarySize;
    return isNumbers ? { ...part, data: undefined, binarySize: bytes.length } : part;
  });
  return { inputs: parts, tail: Buffer.concat([...pieces, tail.subarray(offset)]) };
}

/** Bits of half-precision numbers that were written as JSON; those between two halves are rounded. @throws DomainError "invalid" */
export function readHalves(name: string, data: unknown, count: number): Uint16Array<ArrayBuffer> {
  const numbers = decodeJson(name, "FP64", data, count) as Float64Array;
  const halves = new Float16Array(numbers);
  const wrong = halves.findIndex((half, at) => !Number.isFinite(half) && Number.isFinite(numbers[at]));
  if (wrong >= 0) refuse(`input '${name}': element ${wrong} exceeds the FP16 range (±65504)`);
  return new Uint16Array(halves.buffer);
}
