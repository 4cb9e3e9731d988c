import type { Composite } from "../contract.ts";

/** What a composite promises, in a sentence. */
export const compositeWords: Record<Composite["mode"], string> = {
  openslo: "Burns at the sum of its parts' burn rates, each by its weight.",
  weighted: "Burns at the mean of its parts' burn rates, by their weights.",
  worst: "Burns as its worst part does.",
};
