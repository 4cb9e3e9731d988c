import type { FeatureProfile, FeatureState } from "../../state/contract.ts";

interface Missing {
  missing: number;
  rows: number;
}

/** Returns the missing values of a window and of the reference. NaN counts as missing because files have no other notation for it. */
export function missingShares(profile: FeatureProfile, state: FeatureState): { now: Missing; usual: Missing } {
  return { now: missingOf(state), usual: missingOf(profile) };
}

function missingOf(one: FeatureProfile | FeatureState): Missing {
  if (one.kind === "categorical") return { missing: one.nulls, rows: one.count + one.nulls };
  const missing = one.nulls + one.nans;
  return { missing, rows: one.count + missing + one.posInf + one.negInf };
}
