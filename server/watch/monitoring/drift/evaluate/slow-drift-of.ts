import { alphaOf, budgetShares } from "#server/stats/drift/multiplicity.ts";
import { slowDrift } from "#server/stats/drift/slow/slow-drift.ts";
import type { MonitorSettings } from "../../contract.ts";
import type { FeatureProfile } from "../../state/contract.ts";
import type { FeatureVerdict, SlowMove } from "../contract.ts";
import { windowsPerWeek } from "./budget.ts";
import { referenceCells } from "./test-distribution.ts";
import type { FeatureHistory } from "./usual.ts";

/**
 * Looks for a slow move of a feature in the days up to the evaluated one (docs/spec/drift.md section 6.10). Its false alarms have a part of
 * the budget: the average run to one is so many days. @param options.share the day's part of the budget
 * @returns undefined without a move that is large enough to matter, and for windows of other lengths
 */
export function slowDriftOf(
  profile: FeatureProfile,
  verdict: FeatureVerdict,
  history: FeatureHistory | undefined,
  { settings, share, features }: { settings: MonitorSettings; share: number; features: number },
): SlowMove | undefined {
  if (!history || history.at === null || history.days.length === 0 || verdict.counts.length === 0) return undefined;
  const { weeksPerFalseAlarm: weeks, isStrict, lengths, materialityFloor } = settings;
  // Only days are evaluated, so they have what lengths share.
  const part = budgetShares.slow * Math.min(1, share * lengths.length);
  const threshold = 1 / alphaOf({ weeks, windowsPerWeek: windowsPerWeek.day, tests: features, share: part, isStrict });
  const days = [...history.days, { at: history.at, counts: verdict.counts }];
  const found = slowDrift(days, referenceCells(profile), { isNumeric: profile.kind === "numeric", threshold });
  if (!found || found.psi < materialityFloor) return undefined;
  const level =
    found.cell !== null && profile.kind === "categorical" ? (profile.levels[found.cell]?.[0] ?? "other") : null;
  return { since: new Date(found.since).toISOString(), shift: found.shift, level };
}
