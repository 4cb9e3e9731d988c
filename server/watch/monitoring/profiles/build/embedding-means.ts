import type { FeatureSpec } from "../../features/contract.ts";
import type { ReferenceBatch } from "./reference-batch.ts";

/** Means of embeddings, element by element; rows with something missing or infinite do not count. */
export class EmbeddingMeans {
  readonly #sums = new Map<string, { count: number; mean: Float64Array }>();

  constructor(specs: readonly FeatureSpec[]) {
    for (const { source } of specs) {
      if (source.from !== "embedding" || this.#sums.has(source.tensor)) continue;
      this.#sums.set(source.tensor, { count: 0, mean: new Float64Array(source.width) });
    }
  }

  add({ given }: Pick<ReferenceBatch, "given">): void {
    for (const { name, data } of given.inputs) {
      const sums = this.#sums.get(name);
      if (!sums) continue;
      const { mean } = sums;
      for (let start = 0; start < data.length; start += mean.length) {
        if (!isComplete(data, start, mean.length)) continue;
        sums.count += 1;
        for (let at = 0; at < mean.length; at += 1) {
          const before = mean[at] as number;
          mean[at] = before + (Number(data[start + at]) - before) / sums.count;
        }
      }
    }
  }

  /** Returns the means by tensor; tensors without any row are omitted. */
  means(): Map<string, number[]> {
    const known = [...this.#sums].filter(([, { count }]) => count > 0);
    return new Map(known.map(([tensor, { mean }]) => [tensor, [...mean]]));
  }
}

function isComplete(data: ArrayLike<unknown>, start: number, width: number): boolean {
  for (let at = start; at < start + width; at += 1) {
    const element = data[at];
    if (element === null || element === undefined || !Number.isFinite(Number(element))) return false;
  }
  return true;
}
