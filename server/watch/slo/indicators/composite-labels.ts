import type { Composite } from "../../objectives/contract.ts";

/** Description of each composite mode, as a sentence. */
export const compositeLabels: Record<Composite["mode"], string> = {
  openslo: "Burns at the weighted sum of its components' burn rates.",
  weighted: "Burns at the weighted average of its components' burn rates.",
  worst: "Burns as fast as its worst component.",
};
