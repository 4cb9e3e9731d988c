import type { NumericData, Tensor } from "../tensor/tensor.ts";

interface Entry {
  tensors: Tensor[];
  bytes: number;
  storedAt: number;
}

/** Bytes per entry in addition to its elements. */
const bytesPerEntry = 256;

/** Outputs by key, up to a number of bytes. The least recently used one is evicted. */
export class ResponseCache {
  /** In the order of use: a Map preserves insertion order. */
  private readonly entries = new Map<string, Entry>();
  private readonly now: () => number;
  private total = 0;

  /** @param now milliseconds on a monotonic clock */
  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  get bytes(): number {
    return this.total;
  }

  /** Returns an output no older than `ttlSeconds`, with its age in seconds. */
  get(key: string, ttlSeconds: number): { tensors: Tensor[]; ageSeconds: number } | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.drop(key, entry);
    const ageSeconds = (this.now() - entry.storedAt) / 1000;
    if (ageSeconds >= ttlSeconds) return undefined;
    this.insert(key, entry);
    return { tensors: entry.tensors, ageSeconds };
  }

  /** Keeps an answer. One that is larger than `maxBytes` alone is not kept. */
  set(key: string, tensors: readonly Tensor[], maxBytes: number): void {
    const known = this.entries.get(key);
    if (known) this.drop(key, known);
    const bytes = tensors.reduce((sum, tensor) => sum + sizeOf(tensor), bytesPerEntry);
    if (bytes <= maxBytes) this.insert(key, { tensors: tensors.map(detached), bytes, storedAt: this.now() });
    this.shrink(maxBytes);
  }

  /** Lets the oldest go until no more than `maxBytes` are kept. */
  shrink(maxBytes: number): void {
    for (const [key, entry] of this.entries) {
      if (this.total <= maxBytes) return;
      this.drop(key, entry);
    }
  }

  private insert(key: string, entry: Entry): void {
    this.entries.set(key, entry);
    this.total += entry.bytes;
  }

  private drop(key: string, { bytes }: Entry): void {
    this.entries.delete(key);
    this.total -= bytes;
  }
}

function sizeOf({ data }: Tensor): number {
  // A character of a JavaScript string takes at most two bytes.
  return Array.isArray(data) ? data.reduce((sum, text) => sum + 2 * text.length + 16, 0) : data.byteLength;
}

/** Returns a tensor with its own buffer: one request's part of a batch would keep the complete batch in memory. */
function detached(tensor: Tensor): Tensor {
  const { data } = tensor;
  if (Array.isArray(data) || data.byteLength === data.buffer.byteLength) return tensor;
  return { ...tensor, data: data.slice() as NumericData };
}
