import { hourMs } from "#server/base/durations.ts";
import { alphaOf, budgetShares } from "#server/stats/drift/multiplicity.ts";
import type { MonitorSettings, WindowLength } from "../../contract.ts";
import type { ProfiledFeature } from "../../state/contract.ts";
import type { DriftVerdict } from "../contract.ts";

/** Milliseconds of a window. Weeks begin on Mondays, UTC. */
export const lengthMs: Record<WindowLength, number> = {
  "five-minutes": hourMs / 12,
  hour: hourMs,
  day: 24 * hourMs,
  week: 168 * hourMs,
};
/** How many of them there are. */
export const windowsPerWeek: Record<WindowLength, number> = { "five-minutes": 2016, hour: 168, day: 7, week: 1 };

/** False-alarm probability of each test of a window, by what it tests. */
export interface Alphas {
  distribution: number;
  missing: number;
  unseen: number;
  prediction: number;
}

/**
 * Divides the promise of at most one false alarm in so many weeks among the tests of a window (docs/spec/drift.md section 7): 70% to distributions of
 * inputs, 10% each to missing values, to unseen levels and ranges, and to outputs. What has no test gives its part to nobody, which only
 * lowers the rate.
 * @param share part of the whole promise that this window has: lengths, versions and segments share it
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
