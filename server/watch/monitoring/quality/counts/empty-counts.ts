import type { QualityCounts } from "./contract.ts";

/** Nothing counted. */
export function emptyCounts(): QualityCounts {
  return { confusion: [], scores: {}, logLoss: 0, squaredError: 0, scored: 0, errors: null, lags: [] };
}
