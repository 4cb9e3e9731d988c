import type { MonitorSettings } from "../../contract.ts";
import { minRows } from "../../contract.ts";
import type { FeatureState, ProfiledFeature } from "../../state/contract.ts";
import type { FeatureStateWord, FeatureVerdict, TestedShare } from "../contract.ts";
import { againstUsual, sharesAgainstUsual, type TimedTest } from "./against-usual.ts";
import type { Alphas } from "./budget.ts";
import { excessOf, rankOf } from "./rank-features.ts";
import { testDistribution } from "./test-distribution.ts";
import { testShares } from "./test-shares.ts";
import type { FeatureHistory } from "./usual.ts";

export interface EvaluateOptions {
  settings: Pick<MonitorSettings, "materialityFloor">;
  alphas: Alphas;
  /** Number of features, for those with unknown importance. */
  features: number;
  importance: number | null;
  isExpected: boolean;
  history: FeatureHistory | undefined;
  /** Names the window, so that ties of small tables are settled the same each time. */
  seed: string;
}

/** Minimum importance of a feature, as a part of an even share; below it, a change is immaterial. */
const minEvenShare = 0.25;

/** Evaluates one feature in one window: its tests, whether their findings matter, and its rank. */
export function evaluateFeature(
  { name, role, profile }: ProfiledFeature,
  state: FeatureState | undefined,
  options: EvaluateOptions,
): FeatureVerdict {
  const { alphas, importance, history } = options;
  const alpha = role === "output" ? alphas.prediction : alphas.distribution;
  const known = {
    name,
    role,
    kind: profile.kind,
    referenceRows: profile.count,
    alpha,
    importance,
    correlation: null,
    isListed: false,
  };
  if (!state || state.kind !== profile.kind) return { ...known, ...nothing, state: "no-data" };
  const { reference, ...distribution } = testDistribution(profile, state, { alpha, seed: `${options.seed} ${name}` });
  const timed = againstUsual(distribution.test, { reference, current: distribution.counts, alpha }, history);
  const sizes = { rows: state.count, referenceRows: profile.count, alphas };
  const shares = sharesAgainstUsual(testShares(profile, state, alphas), sizes, history);
  const { test, dispersion } = timed;
  const { test: _, ...shown } = distribution;
  const hasTest = test.method !== "too-few-rows" && test.method !== "no-test" && test.method !== "constant";
  const [psi, line] = [hasTest ? (test.psi ?? null) : null, hasTest ? finite(test.line) : null];
  const psiNet = hasTest ? (test.psiNet ?? null) : null;
  const ranked = { ...shares, psiNet, importance, correlation: known.correlation };
  return {
    ...known,
    ...shown,
    ...shares,
    dispersion,
    state: stateOf(timed, state, shares, { ...options, referenceRows: profile.count }),
    rows: state.count,
    psi,
    line,
    psiNet,
    pValue: hasTest ? test.pValue : null,
    degrees: test.degrees,
    method: test.method,
    ordered: test.ordered ? { pValue: test.ordered.pValue, shift: test.ordered.shift } : null,
    excess: excessOf({ psi, line }),
    rank: rankOf(ranked, options.features),
  };
}

const nothing = {
  rows: 0,
  psi: null,
  line: null,
  psiNet: null,
  pValue: null,
  degrees: 0,
  method: "no-data",
  ordered: null,
  dispersion: null,
  ks: null,
  wasserstein: null,
  missing: null,
  unseen: null,
  outside: null,
  counts: [],
  excess: 0,
  rank: 0,
};

function stateOf(
  { test, earlyFloor }: TimedTest,
  state: FeatureState,
  { missing, unseen, outside }: { missing: TestedShare; unseen: TestedShare | null; outside: TestedShare | null },
  options: EvaluateOptions & { referenceRows: number },
): FeatureStateWord {
  const { materialityFloor } = options.settings;
  const floor = Math.max(materialityFloor, earlyFloor);
  const shares = [missing, unseen, outside].filter((share) => share?.isAlarm);
  const isLarge = (share: TestedShare | null) =>
    share !== null && share.share - share.referenceShare >= materialityFloor;
  const isMaterial = (test.isDrift && (test.psiNet ?? 0) >= floor) || shares.some(isLarge);
  if (isMaterial && options.isExpected) return "expected";
  if (isMaterial && !isUnimportant(options)) return "drift";
  if (test.isDrift || shares.length > 0) return "minor";
  if (state.count === 0 && missing.share === 0) return "no-data";
  if (Math.min(state.count, options.referenceRows) < minRows) return "too-few";
  return test.method === "no-test" ? "untestable" : "usual";
}

function isUnimportant({ importance, features }: EvaluateOptions): boolean {
  return importance !== null && importance < minEvenShare / Math.max(1, features);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
