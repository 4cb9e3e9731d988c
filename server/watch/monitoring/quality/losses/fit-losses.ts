import { fitLossModel, type LossModel } from "#server/stats/estimation/loss-model.ts";
import type { FeatureValue } from "../../features/contract.ts";
import type { ProfiledFeature } from "../../state/contract.ts";
import type { ReferenceLosses, StoredLoss } from "./contract.ts";
import { binCount, binOfValue } from "./feature-bins.ts";

/** Minimum labelled rows for losses that generalise. */
const minRows = 200;

interface LabelledRows {
  /** In the order of `values`. */
  features: readonly ProfiledFeature[];
  /** A column a feature. */
  values: readonly (readonly FeatureValue[])[];
  predicted: readonly number[];
  truths: readonly number[];
}

/**
 * Learns the size of prediction errors from labelled rows of a reference, by the bins of the stored states. Null for fewer than 200 rows.
 */
export function fitLosses({ features, values, predicted, truths }: LabelledRows): ReferenceLosses | null {
  if (truths.length < minRows) return null;
  const columns = features.map(({ profile }, index) => ({
    bins: (values[index] ?? []).map((value) => binOfValue(profile, value)),
    size: binCount(profile),
    isOrdered: profile.kind === "numeric",
  }));
  const errors = predicted.map((value, row) => value - (truths[row] as number));
  const stored = (losses: number[]) => storedOf(fitLossModel(columns, losses), features);
  return {
    rows: truths.length,
    absolute: stored(errors.map(Math.abs)),
    squared: stored(errors.map((error) => error * error)),
  };
}

function storedOf({ base, deviation, effects }: LossModel, features: readonly ProfiledFeature[]): StoredLoss {
  const explained = effects.flatMap((of, index): [string, number[]][] => {
    const name = features[index]?.name;
    return name !== undefined && of.some((effect) => effect !== 0) ? [[name, of.map(rounded)]] : [];
  });
  return { base, deviation, effects: Object.fromEntries(explained) };
}

/** Rounds to six significant figures, which is far more precise than labels allow, and much shorter. */
function rounded(effect: number): number {
  return Number(effect.toPrecision(6));
}
