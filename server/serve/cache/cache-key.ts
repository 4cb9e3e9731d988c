import { createHash } from "node:crypto";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * SHA-256, in base64, of all that decides an answer: the version, what it runs on, the outputs in their order, and the elements
 * of every input. How the inputs were sent (JSON or binary, in which order) decides nothing. To be made before a model takes
 * the data.
 */
export function cacheKey(loadedAs: string, outputs: readonly string[], tensors: readonly Tensor[]): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([loadedAs, outputs]));
  for (const { name, datatype, shape, data } of tensors.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const content = Array.isArray(data)
      ? Buffer.from(JSON.stringify(data))
      : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    hash.update(JSON.stringify([name, datatype, shape, content.length]));
    hash.update(content);
  }
  return hash.digest("base64");
}
