import { figures } from "#server/number-words.ts";
import type { NewFinding } from "../../findings/contract.ts";
import type { FeatureVerdict } from "../contract.ts";
import type { JudgedWindow } from "./window-rows.ts";

const lengthWords = {
  "five-minutes": "these five minutes",
  hour: "this hour",
  day: "this day",
  week: "this week",
} as const;

/**
 * What windows that still tell how things are say: one finding for each feature that drifts in all rows or a segment, whatever lengths and
 * versions say so. Drift tickets and never pages; what somebody expects is only noted.
 * @param windows newest first
 */
export function driftFindings(windows: readonly JudgedWindow[]): NewFinding[] {
  const found = new Map<string, NewFinding>();
  for (const window of windows) {
    for (const feature of window.features) {
      if (feature.state !== "drift" && feature.state !== "expected") continue;
      if (!isOfDistribution(feature)) continue;
      const finding = findingOf(window, feature);
      const known = found.get(finding.key);
      // The newest window speaks, and a ticket stays one.
      if (!known || (known.severity === "note" && finding.severity === "ticket")) found.set(finding.key, finding);
    }
  }
  return [...found.values()];
}

/** Missing values, unseen levels and ranges are findings of data quality, which names their causes. */
function isOfDistribution({ psi, line }: FeatureVerdict): boolean {
  return psi !== null && line !== null && psi > line;
}

function findingOf({ length, segment, versionId, rows, start }: JudgedWindow, feature: FeatureVerdict): NewFinding {
  const { name, role, state, psi, line, pValue, referenceRows, importance, rank } = feature;
  const where = segment === "" ? "" : ` in ${segment}`;
  const what = role === "output" ? `${name} of the answers` : name;
  return {
    key: `${role === "output" ? "prediction" : "feature"}:${name}${segment && `:${segment}`}`,
    kind: role === "output" ? "prediction drift" : "drift",
    ...{ feature: name, segment, versionId },
    severity: state === "expected" ? "note" : "ticket",
    words: `${what} changed${where}: PSI ${figures(psi ?? 0, 3)} is above the line of ${figures(line ?? 0, 3)} for ${lengthWords[length]} (${rows.toLocaleString("en")} rows against ${referenceRows.toLocaleString("en")} of the reference).`,
    evidence: {
      ...{ psi, line, pValue, rows, referenceRows, length, importance, rank },
      windowStart: start.toISOString(),
    },
  };
}
