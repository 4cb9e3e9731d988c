import { formatSignificant } from "#server/base/format-number.ts";
import type { NewFinding } from "../../findings/contract.ts";
import type { WatchedRollout } from "../../rollout-of.ts";
import type { FeatureVerdict } from "../contract.ts";
import { describeShift } from "../sentences.ts";
import { describeSlowMove } from "./describe-slow-move.ts";
import type { EvaluatedWindow } from "./window-rows.ts";

const lengthLabels = {
  "five-minutes": "these five minutes",
  hour: "this hour",
  day: "this day",
  week: "this week",
} as const;

/** Keys of findings about the new version of a rollout; they end with it. */
export function canaryPrefix({ id }: Pick<WatchedRollout, "id">): string {
  return `canary:${id}:`;
}

/**
 * Returns the findings of recent windows: one for each feature that drifts in all rows or in a segment, across lengths and versions.
 * Drift opens tickets and never pages; expected drift is only recorded. The new version of a rollout has separate findings while the
 * rollout runs, and none once it was rolled back.
 * @param windows newest first @param rollout the newest of the endpoint
 */
export function driftFindings(windows: readonly EvaluatedWindow[], rollout?: WatchedRollout): NewFinding[] {
  const found = new Map<string, NewFinding>();
  for (const window of windows) {
    const isCanary = window.versionId === rollout?.canaryVersionId;
    if (isCanary && rollout.isRolledBack) continue;
    const canary = isCanary && rollout.endedAt === null ? rollout : undefined;
    for (const feature of window.features) {
      const isDrift = feature.state === "drift" || feature.state === "expected";
      if (isDrift ? !isOfDistribution(feature) : !feature.slow) continue;
      const plain = isDrift ? findingOf(window, feature) : slowFindingOf(window, feature);
      if (!plain) continue;
      const finding = canary ? ofCanary(plain, canary) : plain;
      const known = found.get(finding.key);
      // The newest window speaks, and a ticket stays one.
      if (!known || (known.severity === "note" && finding.severity === "ticket")) found.set(finding.key, finding);
    }
  }
  return [...found.values()];
}

function ofCanary(finding: NewFinding, rollout: WatchedRollout): NewFinding {
  return {
    ...finding,
    key: `${canaryPrefix(rollout)}${finding.key}`,
    kind: `canary ${finding.kind}`,
    words: `Canary v${rollout.version}: ${finding.words}`,
    evidence: { ...finding.evidence, arm: "canary", rolloutId: rollout.id },
  };
}

/**
 * Checks for a change of the distribution. Missing values, unseen levels and ranges are findings of data quality, which names their
 * causes.
 */
function isOfDistribution({ pValue, alpha }: FeatureVerdict): boolean {
  return pValue !== null && pValue <= alpha;
}

/** Names the test that found it: PSI, or the order of the values where PSI is below its threshold. */
function evidenceOf({ psi, line, ordered }: FeatureVerdict): string {
  const [shown, threshold] = [formatSignificant(psi ?? 0, 3), formatSignificant(line ?? 0, 3)];
  if (!ordered || (psi ?? 0) > (line ?? 0)) return `PSI ${shown} exceeds the threshold of ${threshold}`;
  const p = ordered.pValue < 1e-4 ? "p < 0.0001" : `p = ${formatSignificant(ordered.pValue, 2)}`;
  return `${describeShift(ordered.shift)} (${p} by their order; PSI ${shown} with a threshold of ${threshold})`;
}

/** A slow move has a key of its own: it lasts while single windows come and go. */
function slowFindingOf(
  { segment, versionId, rows, start }: EvaluatedWindow,
  feature: FeatureVerdict,
): NewFinding | null {
  const { name, role, slow, importance, rank, referenceRows } = feature;
  if (!slow) return null;
  const what = role === "output" ? `${name} of the predictions` : name;
  return {
    key: `slow:${role === "output" ? "prediction" : "feature"}:${name}${segment && `:${segment}`}`,
    kind: "slow drift",
    feature: name,
    segment,
    versionId,
    severity: "ticket",
    words: `${what} drifts slowly${segment === "" ? "" : ` in ${segment}`}: ${describeSlowMove(slow)}`,
    evidence: { ...slow, rows, referenceRows, importance, rank, windowStart: start.toISOString() },
  };
}

function findingOf({ length, segment, versionId, rows, start }: EvaluatedWindow, feature: FeatureVerdict): NewFinding {
  const { name, role, state, psi, line, pValue, referenceRows, importance, rank, ordered } = feature;
  const where = segment === "" ? "" : ` in ${segment}`;
  const what = role === "output" ? `${name} of the predictions` : name;
  return {
    key: `${role === "output" ? "prediction" : "feature"}:${name}${segment && `:${segment}`}`,
    kind: role === "output" ? "prediction drift" : "drift",
    feature: name,
    segment,
    versionId,
    severity: state === "expected" ? "note" : "ticket",
    words: `${what} changed${where}: ${evidenceOf(feature)} for ${lengthLabels[length]} (${rows.toLocaleString("en")} rows, ${referenceRows.toLocaleString("en")} reference rows).`,
    evidence: {
      psi,
      line,
      pValue,
      ordered: ordered ?? null,
      rows,
      referenceRows,
      length,
      importance,
      rank,
      windowStart: start.toISOString(),
    },
  };
}
