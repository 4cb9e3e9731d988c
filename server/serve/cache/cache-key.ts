import { createHash } from "node:crypto";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * Computes the SHA-256, in base64, of everything that determines a prediction: the version, its execution, the outputs in their order,
 * the elements of every input, and which rows of the feature store they come from. The encoding of the inputs (JSON or binary, in which order) does not matter. Must be computed
 * before a model takes the data.
 */
export function cacheKey(
  loadedAs: string,
  outputs: readonly string[],
  tensors: readonly Tensor[],
  featureRows: readonly unknown[] = [],
): string {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([loadedAs, outputs, ...featureRows]));
  for (const { name, datatype, shape, data } of tensors.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const content = Array.isArray(data)
      ? Buffer.from(JSON.stringify(data))
      : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    hash.update(JSON.stringify([name, datatype, shape, content.length]));
    hash.update(content);
  }
  return hash.digest("base64");
}
