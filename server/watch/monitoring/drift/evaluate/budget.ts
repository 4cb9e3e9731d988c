import { hourMs } from "#server/base/durations.ts";
import { alphaOf, budgetShares } from "#server/stats/drift/multiplicity.ts";
import type { MonitorSettings, WindowLength } from "../../contract.ts";
import type { ProfiledFeature } from "../../state/contract.ts";
import type { DriftVerdict } from "../contract.ts";

/** Milliseconds per window. Weeks begin on Mondays, UTC. */
export const lengthMs: Record<WindowLength, number> = {
  "five-minutes": hourMs / 12,
  hour: hourMs,
  day: 24 * hourMs,
  week: 168 * hourMs,
};
/** Number of windows per week, by length. */
export const windowsPerWeek: Record<WindowLength, number> = { "five-minutes": 2016, hour: 168, day: 7, week: 1 };

/** False-alarm probability of each test of a window, by what it tests. */
export interface Alphas {
  distribution: number;
  missing: number;
  unseen: number;
  prediction: number;
}

/**
 * Divides the budget of at most one false alarm per number of weeks among the tests of a window (docs/spec/drift.md section 7): 65% to
 * input distributions, 10% each to missing values, to unseen levels and ranges, and to outputs; 5% are for slow drift. The share of a missing test is not
 * redistributed, which only lowers the rate.
 * @param share this window's part of the total budget: lengths, versions and segments share it
 */
export function divideBudget(
  features: readonly Pick<ProfiledFeature, "role">[],
  { settings, length, share }: { settings: MonitorSettings; length: WindowLength; share: number },
): { alphas: Alphas; budget: DriftVerdict["budget"] } {
  const { weeksPerFalseAlarm: weeks, isStrict } = settings;
  const inputs = features.filter(({ role }) => role === "input").length;
  const outputs = features.length - inputs;
  const of = (kind: keyof typeof budgetShares, tests: number) =>
    alphaOf({ weeks, windowsPerWeek: windowsPerWeek[length], tests, share: share * budgetShares[kind], isStrict });
  return {
    alphas: {
      distribution: of("distribution", inputs),
      missing: of("missing", features.length),
      unseen: of("unseen", features.length),
      prediction: of("prediction", outputs),
    },
    budget: {
      weeks,
      isStrict,
      windowsPerWeek: windowsPerWeek[length],
      share,
      tests: 3 * features.length,
    },
  };
}
