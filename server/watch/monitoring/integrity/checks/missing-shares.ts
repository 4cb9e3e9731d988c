import type { FeatureProfile, FeatureState } from "../../state/contract.ts";

interface Missing {
  missing: number;
  rows: number;
}

/** Missing values in a window and in the reference. NaN counts as missing: a file knows no other way to write it. */
export function missingShares(profile: FeatureProfile, state: FeatureState): { now: Missing; usual: Missing } {
  return { now: missingOf(state), usual: missingOf(profile) };
}

function missingOf(one: FeatureProfile | FeatureState): Missing {
  if (one.kind === "categorical") return { missing: one.nulls, rows: one.count + one.nulls };
  const missing = one.nulls + one.nans;
  return { missing, rows: one.count + missing + one.posInf + one.negInf };
}
