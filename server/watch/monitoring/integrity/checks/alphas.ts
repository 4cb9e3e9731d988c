import { alphaOf, budgetShares } from "#server/stats/drift/multiplicity.ts";
import type { MonitorSettings } from "../../contract.ts";
import type { ProfiledFeature } from "../../state/contract.ts";
import type { CheckAlphas } from "./feature-checks.ts";

/** Windows in a week: the latest minutes are looked at every minute, the last day every hour. Each has half of the budget. */
const evaluationsPerWeek = { latest: 7 * 24 * 60, day: 7 * 24 } as const;
export type EvaluationLength = keyof typeof evaluationsPerWeek;

/**
 * What each test of a look may do by chance, so that the checks of data have a fifth of the one false alarm that the endpoint may have in so
 * many weeks (docs/spec/drift.md section 7): a tenth for what is missing or infinite, a tenth for what is unseen or out of range.
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
