/**
 * errors: 5xx and time-outs; client-errors: 400 and 422; slow: above the latency threshold; invalid-outputs: NaN, infinite or out of
 * range; output-shift: a prediction distribution that differs from the previous version's; label-errors: incorrect by labels;
 * disagreement: another prediction for the same input in shadow; cost: mean per request; conversions: business events per unit.
 */
export const guardrailMetrics = [
  "errors",
  "client-errors",
  "slow",
  "invalid-outputs",
  "output-shift",
  "label-errors",
  "disagreement",
  "cost",
  "conversions",
] as const;

/** Metrics that compare shares of bad units of two arms: they alone can be proved safe. */
export const provableMetrics: readonly (typeof guardrailMetrics)[number][] = [
  "errors",
  "client-errors",
  "slow",
  "invalid-outputs",
  "label-errors",
  "conversions",
];
