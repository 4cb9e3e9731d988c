import type { RunInput } from "./run-input.ts";
import { isSimilar, sizeOfValue, valueSimilarity } from "./value-similarity.ts";

interface Compared {
  similarity: number;
  agreed: boolean;
}

/** Compares the values of a run by their places. */
export interface ValueComparison {
  /** Compares two values; those that were compared before are remembered. */
  compare(x: number, y: number): Compared;
  /** Steps that a comparison takes, a few nanoseconds each; 0 where values are equal or not. */
  stepsOf(x: number, y: number): number;
}

/** Steps of comparisons of boxes, spans or texts that a run takes at most for one of its results, about half a minute. */
export const maxSteps = 2_000_000_000;

/** Makes a comparison that all results of a run share. */
export function compareValues({ kind, values }: Pick<RunInput, "kind" | "values">): ValueComparison {
  const isCostly = kind === "boxes" || kind === "spans" || kind === "text";
  const sizes = Float64Array.from(isCostly ? values : [], sizeOfValue);
  const known = new Map<number, Compared>();
  return {
    compare(x, y) {
      if (x === y) return { similarity: 1, agreed: true };
      // Distinct values of these kinds are never alike.
      if (!isCostly && kind !== "multilabel") return { similarity: 0, agreed: false };
      const key = Math.min(x, y) * values.length + Math.max(x, y);
      const found = known.get(key);
      if (found) return found;
      const [a, b] = [values[x], values[y]] as [RunInput["values"][number], RunInput["values"][number]];
      const similarity = valueSimilarity(a, b);
      const compared = { similarity, agreed: isSimilar(a, similarity) };
      known.set(key, compared);
      return compared;
    },
    stepsOf(x, y) {
      if (!isCostly || x === y) return 0;
      const [one, other] = [sizes[x] as number, sizes[y] as number];
      // Boxes that all overlap are matched in the cube of their number.
      return one * other * (kind === "boxes" ? Math.max(1, Math.min(one, other) / 8) : 1);
    },
  };
}
