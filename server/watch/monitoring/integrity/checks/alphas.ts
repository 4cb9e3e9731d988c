import { alphaOf, budgetShares } from "#server/stats/drift/multiplicity.ts";
import type { MonitorSettings } from "../../contract.ts";
import type { ProfiledFeature } from "../../state/contract.ts";
import type { CheckAlphas } from "./feature-checks.ts";

/** Evaluations per week: the latest minutes are evaluated every minute, the last day every hour. Each has half of the budget. */
const evaluationsPerWeek = { latest: 7 * 24 * 60, day: 7 * 24 } as const;
export type EvaluationLength = keyof typeof evaluationsPerWeek;

/**
 * Returns the false-alarm probability of each test in an evaluation, so that data checks use a fifth of the endpoint's budget of one
 * false alarm per number of weeks (docs/spec/drift.md section 7): a tenth for missing or infinite values, a tenth for unseen or
 * out-of-range values.
 */
export function alphasOf(
  features: readonly ProfiledFeature[],
  { weeksPerFalseAlarm: weeks, isStrict }: Pick<MonitorSettings, "weeksPerFalseAlarm" | "isStrict">,
  length: EvaluationLength,
): CheckAlphas {
  const numeric = features.filter(({ profile }) => profile.kind === "numeric").length;
  const of = (share: number, tests: number) =>
    alphaOf({ weeks, isStrict, windowsPerWeek: evaluationsPerWeek[length], tests, share: share / 2 });
  return {
    missing: of(budgetShares.missing, features.length + numeric),
    unseen: of(budgetShares.unseen, features.length),
  };
}
