import type { MonitorSettings } from "../contract.ts";
import type { ProfiledFeature, SpanState } from "../state/contract.ts";
import { type CheckAlphas, checkFeature } from "./checks/feature-checks.ts";
import { checkLimits } from "./checks/limit-check.ts";
import { type CheckKind, type CheckResult, type CheckState, checkOf, type FeatureIntegrity } from "./contract.ts";
import { nameChanges } from "./upstream/name-changes.ts";
import type { UpstreamChange } from "./upstream/upstream-text.ts";

/** Checks explained by a named change, so that it is reported once. */
export const explained: Partial<Record<CheckKind, readonly CheckKind[]>> = {
  "unit changed": ["out of range", "outside limits"],
  "sign flipped": ["out of range", "outside limits"],
  "default value": ["out of range", "outside limits"],
  "columns swapped": ["out of range", "outside limits", "unseen levels", "missing values"],
  "level renamed": ["unseen levels"],
};

/** A change that touches so much of an input makes it another input: that pages, as a mistyped one does. */
const pageShare = 0.5;

export interface Span {
  features: readonly ProfiledFeature[];
  state: SpanState;
  alphas: CheckAlphas;
  limits: MonitorSettings["limits"];
}

/**
 * Evaluates the features of an endpoint from the counters of a window, in the profile's order: each check with its share and threshold, and
 * any silent upstream change.
 */
export function evaluateSpan({ features, state, alphas, limits }: Span): FeatureIntegrity[] {
  const changes = Map.groupBy(nameChanges(features, state), ({ feature }) => feature);
  const swapped = new Map(
    [...changes.values()]
      .flat()
      .filter(({ kind }) => kind === "columns swapped")
      .map((change) => [change.evidence.other as string, change]),
  );
  return features.flatMap((feature, index) => {
    const { name, role, profile } = feature;
    const seen = state.features[index];
    if (!seen) return [];
    const named = changes.get(name) ?? [];
    const other = swapped.get(name);
    const limit = limits[name];
    const own = [
      ...checkFeature(feature, seen, alphas),
      ...(limit && profile.kind === "numeric" && seen.kind === "numeric"
        ? [checkLimits(name, limit, { profile, state: seen })]
        : []),
    ];
    const quiet = new Set([...named, ...(other ? [other] : [])].flatMap(({ kind }) => explained[kind] ?? []));
    const checks = [
      ...named.map((change) => changeCheck(change, state.rows)),
      ...own.map((check) => (quiet.has(check.check) && check.state === "broken" ? explainedCheck(check) : check)),
    ];
    return [{ feature: name, role, kind: profile.kind, state: worstOf(checks), checks }];
  });
}

function changeCheck({ kind, feature, share, words, evidence }: UpstreamChange, rows: number): CheckResult {
  // A difference that may be due to chance is reported, and never pages.
  const isSure = kind !== "level disappeared" && evidence.isSure !== false;
  const severity = isSure && share >= pageShare ? "page" : "ticket";
  return checkOf({ check: kind, feature, state: "broken", severity, share, rows, words, evidence });
}

/** Returns the check as explained by a change: still displayed, but without severity. */
function explainedCheck(check: CheckResult): CheckResult {
  return { ...check, state: "small", severity: null, words: `${check.words} Explained by the change above.` };
}

const order: readonly CheckState[] = ["broken", "small", "whole", "unknown"];

/** Returns the worst state of the checks; unknown only if all of them are. */
function worstOf(checks: readonly CheckResult[]): CheckState {
  return order.find((state) => checks.some((check) => check.state === state)) ?? "unknown";
}
