import { createHash } from "node:crypto";
import { type Datatype, datatypes } from "#server/develop/registry/onnx/contract.ts";
import { encodeBinary, splitElements } from "../protocol/binary.ts";
import { readTensor } from "../protocol/bind-request.ts";
import type { LoggedTensor } from "../protocol/contract.ts";
import { toLogged } from "../protocol/encode-json.ts";
import type { InferRequest, InputPart } from "../protocol/infer-request.ts";
import { elementCount, type Tensor, tensorTypes } from "../tensor/tensor.ts";
import type { Keeping } from "./redaction.ts";

/** A tensor for the log, and how many bytes it counts. */
export interface StoredTensor {
  logged: LoggedTensor;
  bytes: number;
}

/** @param maxBytes a larger tensor is kept without its data; of a redacted one, the digest is kept whatever its size */
export function keepTensor(tensor: Tensor, keeping: Keeping, maxBytes: number): StoredTensor {
  const { name, datatype, shape, data } = tensor;
  const described = { name, datatype, shape };
  if (keeping === "digest") return { logged: { ...described, sha256: digestOf([encodeBinary(tensor)]) }, bytes: 0 };
  const bytes = Array.isArray(data) ? textBytes(data) : data.byteLength;
  if (keeping === "nothing" || bytes > maxBytes) return { logged: described, bytes: 0 };
  return { logged: toLogged(tensor, Number.POSITIVE_INFINITY), bytes };
}

/**
 * Prepares the inputs of a request for the log, even of a rejected one: data that does not match its own shape is omitted. Texts that
 * encode files, and bytes that are not text, are stored as base64.
 */
export function keepSent(
  request: InferRequest,
  keepingOf: (name: string) => Keeping,
  maxBytes: number,
): StoredTensor[] {
  let offset = 0;
  return request.inputs.map((part) => {
    const { name, datatype, shape, binarySize = 0 } = part;
    const bytes = request.tail.subarray(offset, offset + binarySize);
    offset += binarySize;
    const keeping = keepingOf(name);
    try {
      return keepPart(part, bytes, keeping, maxBytes) ?? { logged: { name, datatype, shape }, bytes: 0 };
    } catch {
      return { logged: { name, datatype, shape }, bytes: 0 };
    }
  });
}

function keepPart(part: InputPart, raw: Buffer, keeping: Keeping, maxBytes: number): StoredTensor | undefined {
  const { name, shape } = part;
  const isKnown = (datatypes as readonly string[]).includes(part.datatype);
  if (!isKnown || keeping === "nothing") return undefined;
  const datatype = part.datatype as Datatype;
  const count = elementCount(shape);
  if (keeping === "whole" && Math.max(count * (tensorTypes[datatype].bytes || 4), raw.length) > maxBytes)
    return undefined;
  const files = datatype === "BYTES" ? filesOf(part, raw, count) : undefined;
  if (!files) return keepTensor(readTensor(part, datatype, raw), keeping, maxBytes);
  const described = { name, datatype, shape };
  const bytes = files.reduce((sum, file) => sum + 4 + file.length, 0);
  if (keeping === "digest") return { logged: { ...described, sha256: digestOf(files.flatMap(withLength)) }, bytes: 0 };
  if (bytes > maxBytes) return undefined;
  return { logged: { ...described, data: files.map((file) => file.toString("base64")), encoding: "base64" }, bytes };
}

/** Returns the elements of a BYTES input that are files; undefined for texts. */
function filesOf(part: InputPart, raw: Buffer, count: number): Buffer[] | undefined {
  if (part.binarySize !== undefined) {
    const elements = splitElements(part.name, raw, count);
    return elements.every(isText) ? undefined : elements;
  }
  if (part.contentType !== "base64" || !Array.isArray(part.data)) return undefined;
  const texts = part.data.flat(Number.POSITIVE_INFINITY) as unknown[];
  if (texts.length !== count || !texts.every((text) => typeof text === "string")) return undefined;
  return texts.map((text) => Buffer.from(text as string, "base64"));
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function isText(bytes: Buffer): boolean {
  try {
    return !utf8.decode(bytes).includes("\0");
  } catch {
    return false;
  }
}

function textBytes(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + 4 + Buffer.byteLength(text), 0);
}

function withLength(file: Buffer): Buffer[] {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(file.length);
  return [length, file];
}

function digestOf(parts: readonly Buffer[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/** Returns the tensors in order, without the data of those that would exceed the limit of one request. */
export function keepWithin(maxBytes: number, tensors: readonly StoredTensor[]): LoggedTensor[] {
  let left = maxBytes;
  return tensors.map(({ logged, bytes }) => {
    if (bytes <= left) {
      left -= bytes;
      return logged;
    }
    const { name, datatype, shape } = logged;
    return { name, datatype, shape };
  });
}
