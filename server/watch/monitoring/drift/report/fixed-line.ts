import type { CalibratedMethod, CalibratedTest } from "#server/stats/drift/calibrated/calibrated-test.ts";
import { jensenShannon } from "#server/stats/drift/compatible/divergences.ts";
import type { MonitorSettings } from "../../contract.ts";
import type { FeatureProfile, FeatureState } from "../../state/contract.ts";
import { disagreement, type FixedScore } from "../sentences.ts";
import type { FeatureReport } from "./contract.ts";

/** Evidently's threshold for windows of any size (docs/spec/drift.md sections 3.1 and 3.3). */
const threshold = 0.1;
/** Up to here it takes other tests, which need raw rows. */
const rowsForDistances = 1000;

/**
 * Explains in a sentence why a fixed threshold disagrees with a feature's calibrated threshold; undefined when they agree or the fixed
 * score cannot be computed from the counts. For numeric features the fixed score is PSI; for categorical ones it is Evidently's
 * Jensen–Shannon distance, exact by level.
 */
export function describeFixedLine(
  report: FeatureReport,
  { profile, state }: { profile: FeatureProfile; state: FeatureState | undefined },
  settings: Pick<MonitorSettings, "materialityFloor" | "weeksPerFalseAlarm">,
): string | undefined {
  const { psi, line, pValue, psiNet, degrees } = report;
  if (psi === null || line === null || pValue === null || !state) return undefined;
  const fixed = fixedScore(psi, profile, state);
  if (!fixed) return undefined;
  const method = report.method as CalibratedMethod;
  const test: CalibratedTest = {
    statistic: psi,
    line,
    pValue,
    degrees,
    isDrift: pValue <= report.alpha,
    method,
    psi,
    ...(psiNet !== null && { psiNet }),
    ...(report.ordered && { ordered: { ...report.ordered, statistic: Number.NaN } }),
  };
  const { name: feature, referenceRows, rows } = report;
  return disagreement({ feature, referenceRows, rows, test, ...settings }, fixed);
}

function fixedScore(psi: number, profile: FeatureProfile, state: FeatureState): FixedScore | undefined {
  if (profile.kind === "numeric") {
    return { method: "psi", kind: "distance", score: psi, threshold, isDrift: psi >= threshold };
  }
  if (state.kind !== "categorical" || profile.count <= rowsForDistances) return undefined;
  const named = [...state.unseenTop.values()].reduce((sum, rows) => sum + rows, 0);
  if (profile.other > 0 || named !== state.unseen) return undefined;
  const score = jensenShannon({
    reference: [...profile.levels.map(([, count]) => count), ...[...state.unseenTop].map(() => 0)],
    current: [...profile.levels.map((_, index) => state.levels[index] ?? 0), ...state.unseenTop.values()],
  });
  return { method: "jensenshannon", kind: "distance", score, threshold, isDrift: score >= threshold };
}
