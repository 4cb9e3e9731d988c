import type { Datatype } from "#server/develop/registry/onnx/contract.ts";
import { type Tensor, type TensorData, tensorTypes } from "../tensor/tensor.ts";
import { refuse } from "./refuse.ts";

/** Length of the JSON in front of binary tensors; without it a body is nothing but JSON. */
export const jsonLengthHeader = "inference-header-content-length";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Splits a body into its JSON and the binary tensors behind it, at the length that the client gave.
 * @param header value of Inference-Header-Content-Length; without it, all is JSON.
 * @returns no `json` at the length 0: then the body is nothing but the bytes of the only input.
 * @throws DomainError "invalid"
 */
export function splitBody(body: Buffer, header: string | undefined): { json: Buffer | undefined; tail: Buffer } {
  if (header === undefined) return { json: body, tail: body.subarray(body.length) };
  const text = header.trim();
  if (!/^\d{1,10}$/.test(text)) refuse("Inference-Header-Content-Length must be an integer");
  const length = Number(text);
  if (length > body.length)
    refuse(`Inference-Header-Content-Length is ${length}, but the body has ${body.length} bytes`);
  if (length === 0) return { json: undefined, tail: body };
  return { json: body.subarray(0, length), tail: body.subarray(length) };
}

/** Reads one tensor: little-endian, without gaps. Always copies, since it may start at any byte. @throws DomainError "invalid" */
export function decodeBinary(name: string, datatype: Datatype, raw: Buffer, count: number): TensorData {
  const { bytes, view } = tensorTypes[datatype];
  if (!view) return decodeTexts(name, raw, count);
  if (raw.length !== count * bytes)
    refuse(`input '${name}': the shape needs ${count * bytes} bytes, got ${raw.length}`);
  const copy = new ArrayBuffer(raw.length);
  raw.copy(new Uint8Array(copy));
  return view(copy);
}

/** Returns the bytes of a tensor for the part after the JSON. */
export function encodeBinary({ data }: Tensor): Buffer {
  if (!Array.isArray(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat(
    data.flatMap((text) => {
      const content = Buffer.from(text, "utf8");
      const length = Buffer.alloc(4);
      length.writeUInt32LE(content.length);
      return [length, content];
    }),
  );
}

/** Decodes elements, each a length in four bytes followed by that many bytes of UTF-8. */
function decodeTexts(name: string, raw: Buffer, count: number): string[] {
  return splitElements(name, raw, count).map((element, index) => decodeText(name, index, element));
}

/** Splits a BYTES tensor into its elements, each preceded by its length in four bytes; views, not copies. @throws DomainError "invalid" */
export function splitElements(name: string, raw: Buffer, count: number): Buffer[] {
  const elements: Buffer[] = [];
  let offset = 0;
  while (offset < raw.length) {
    if (offset + 4 > raw.length) refuse(`input '${name}': the length of element ${elements.length} is cut off`);
    const end = offset + 4 + raw.readUInt32LE(offset);
    if (end > raw.length) refuse(`input '${name}': element ${elements.length} is longer than binary_data_size`);
    elements.push(raw.subarray(offset + 4, end));
    offset = end;
  }
  if (elements.length !== count) refuse(`input '${name}': the shape needs ${count} elements, got ${elements.length}`);
  return elements;
}

function decodeText(name: string, index: number, bytes: Buffer): string {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return refuse(`input '${name}': element ${index} is not valid UTF-8`);
  }
  return text.includes("\0") ? refuse(`input '${name}': element ${index} contains U+0000`) : text;
}
