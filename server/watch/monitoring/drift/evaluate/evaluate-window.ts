import { benjaminiHochberg } from "#server/stats/drift/multiplicity.ts";
import type { MonitorSettings, WindowLength } from "../../contract.ts";
import type { ProfiledFeature, SpanState } from "../../state/contract.ts";
import type { DriftVerdict, FeatureVerdict } from "../contract.ts";
import { divideBudget } from "./budget.ts";
import { describeVerdict } from "./describe-verdict.ts";
import { evaluateFeature } from "./evaluate-feature.ts";
import { slowDriftOf } from "./slow-drift-of.ts";
import type { FeatureHistory } from "./usual.ts";

/** The reference of a version, as far as judging needs it. */
export interface ReferenceSummary {
  rows: number;
  features: readonly ProfiledFeature[];
  /** Importance by feature, summing to 1. */
  importances: Record<string, number> | null;
}

export interface WindowOptions {
  settings: MonitorSettings;
  length: WindowLength;
  /** Part of the promise that this window has; 1 by default. */
  share?: number;
  /** Features whose drift is expected. */
  expected?: ReadonlySet<string>;
  /** History by feature. */
  history?: ReadonlyMap<string, FeatureHistory>;
  /** Names the window. */
  seed: string;
}

/** Windows larger than this part of the reference let an unlucky reference alarm again and again (docs/spec/drift.md section 6.7). */
const maxReferenceShare = 0.1;

/**
 * Evaluates one time window of all features of an endpoint against the reference of the version that served it (docs/spec/drift.md
 * sections 6, 7, 8 and 13): calibrated tests whose false alarms stay within the configured budget, a materiality floor, the list of
 * changed features, outputs besides inputs, and their ranking by relevance.
 */
export function evaluateWindow(
  profile: ReferenceSummary,
  state: SpanState,
  options: WindowOptions,
): { verdict: DriftVerdict; features: FeatureVerdict[] } {
  const { settings, length, share = 1, expected, history, seed } = options;
  const { alphas, budget } = divideBudget(profile.features, { settings, length, share });
  const inputs = profile.features.filter(({ role }) => role === "input").length;
  const evaluated = profile.features.map((feature, index) => {
    const own = history?.get(feature.name);
    const verdict = evaluateFeature(feature, state.features[index], {
      settings,
      alphas,
      seed,
      features: inputs,
      importance: importanceOf(profile, feature),
      isExpected: expected?.has(feature.name) ?? false,
      history: own,
    });
    if (expected?.has(feature.name)) return verdict;
    const slow = slowDriftOf(feature.profile, verdict, own, { settings, share, features: profile.features.length });
    return slow ? { ...verdict, slow } : verdict;
  });
  const features = withList(evaluated);
  const facts = { ...summarised(features, state.rows), referenceRows: profile.rows, budget };
  const verdict = {
    ...facts,
    calibratedOn: Math.max(0, ...[...(history?.values() ?? [])].map(({ windows }) => windows)),
    isReferenceSmall: state.rows > profile.rows * maxReferenceShare,
  };
  return { verdict: { ...verdict, words: describeVerdict(verdict, features, state.rows) }, features };
}

/** Returns the importance of a feature; null for outputs, which are the prediction itself. */
function importanceOf({ importances }: ReferenceSummary, { name, role }: ProfiledFeature): number | null {
  return importances && role === "input" ? (importances[name] ?? 0) : null;
}

/** Marks what changed in a window with an alarm (Benjamini and Hochberg at 10%). */
function withList(features: FeatureVerdict[]): FeatureVerdict[] {
  if (!features.some(({ state }) => state === "drift" || state === "expected")) return features;
  const tested = features.filter(({ pValue }) => pValue !== null);
  const indices = benjaminiHochberg(tested.map(({ pValue }) => pValue ?? 1));
  const listed = new Set(indices.map((index) => tested[index]?.name));
  return features.map((feature) => ({ ...feature, isListed: listed.has(feature.name) }));
}

const isUntested: ReadonlySet<FeatureVerdict["state"]> = new Set(["no-data", "too-few", "untestable"]);

function summarised(features: readonly FeatureVerdict[], rows: number) {
  const inputs = features.filter(({ role }) => role === "input");
  const counted = features.filter(({ state }) => state === "drift" || state === "minor" || state === "usual");
  const has = (state: FeatureVerdict["state"]) => features.some((feature) => feature.state === state);
  const order = ["drift", "expected", "minor", "usual", "untestable", "too-few"] as const;
  return {
    state: rows === 0 ? ("no-data" as const) : (order.find(has) ?? ("no-data" as const)),
    tested: inputs.filter(({ state }) => !isUntested.has(state)).length,
    drifted: inputs.filter(({ state }) => state === "drift").length,
    slow: features.filter(({ slow }) => slow).length,
    counted: { inside: counted.filter(({ state }) => state !== "drift").length, all: counted.length },
    isInputDrift: inputs.some(({ state }) => state === "drift"),
    isPredictionDrift: features.some(({ role, state }) => role === "output" && state === "drift"),
  };
}
