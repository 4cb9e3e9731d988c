import { type CompatibleColumn, distinctOfBoth, rowsOf } from "./column.ts";
import type { CompatibleMethod } from "./compatible-score.ts";

/** Reference rows up to which Evidently takes a test, and a distance above. */
const maxForTests = 1000;

/**
 * Returns the method that Evidently selects for a column automatically (docs/spec/drift.md section 3.1): only the reference's size
 * determines the row of the table.
 */
export function chooseMethod(reference: CompatibleColumn, current: CompatibleColumn): CompatibleMethod {
  const isSmall = rowsOf(reference) <= maxForTests;
  const distinct = distinctOfBoth(reference, current, 5);
  if (reference.type === "numerical" && distinct > 5) return isSmall ? "ks" : "wasserstein";
  if (!isSmall) return "jensenshannon";
  return distinct <= 2 ? "z" : "chisquare";
}

/** Returns Evidently's verdict on a dataset: drift if at least half of the columns drifted. */
export function datasetVerdict(drifted: readonly boolean[], atLeast = 0.5): { share: number; isDrift: boolean } {
  const share = drifted.length === 0 ? 0 : drifted.filter(Boolean).length / drifted.length;
  return { share, isDrift: drifted.length > 0 && share >= atLeast };
}
