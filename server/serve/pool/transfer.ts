import type { Tensor } from "../tensor/tensor.ts";

/**
 * Lists the buffers that are transferred between threads instead of being copied. A view into a larger buffer would transfer the
 * complete buffer, so such data are copied into a separate buffer first.
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
