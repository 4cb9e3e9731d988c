import type { Tensor } from "../tensor/tensor.ts";

/**
 * The buffers that move between threads instead of being copied. A view into a larger buffer would take
 * the whole buffer along, so such data are copied into a buffer of their own first.
 */
export function transferList(tensors: Tensor[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const tensor of tensors) {
    if (Array.isArray(tensor.data)) continue;
    const isComplete = tensor.data.byteLength === tensor.data.buffer.byteLength;
    if (!isComplete || buffers.has(tensor.data.buffer)) tensor.data = tensor.data.slice();
    buffers.add(tensor.data.buffer);
  }
  return [...buffers];
}
