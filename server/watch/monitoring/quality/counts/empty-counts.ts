import type { QualityCounts } from "./contract.ts";

/** Returns zero counts. */
export function emptyCounts(): QualityCounts {
  return { confusion: [], scores: {}, logLoss: 0, squaredError: 0, scored: 0, errors: null, lags: [] };
}
