import { formatCount, formatSignificant, percent } from "#server/base/format-number.ts";
import type { CalibratedTest } from "#server/stats/drift/calibrated/calibrated-test.ts";
import { outOfRangeTest, shareTest, unseenTest } from "#server/stats/drift/calibrated/share-tests.ts";
import { minRows } from "../../contract.ts";
import type {
  CategoricalProfile,
  CategoricalState,
  FeatureState,
  NumericProfile,
  NumericState,
  ProfiledFeature,
} from "../../state/contract.ts";
import { twiceSeen } from "../../state/twice-seen.ts";
import { type CheckResult, checkOf } from "../contract.ts";
import { missingShares } from "./missing-shares.ts";

/** False-alarm probability of one test, by what is tested. */
export interface CheckAlphas {
  missing: number;
  unseen: number;
}

/** Minimum increase of a share to be reported; smaller ones are only displayed, however significant. */
export const minIncrease = 0.005;
/** From this share of missing values on, a required input is as good as gone. */
const goneShare = 0.5;
/** An input of which the reference lacks more is not required. */
const requiredShare = 0.05;

/**
 * Checks the counters of one feature in a window: missing, infinite, out of range, unseen, constant (docs/spec/drift.md sections 6.3, 6.4
 * and 10). Fixed limits are checked separately.
 */
export function checkFeature(
  { name, role, profile }: ProfiledFeature,
  state: FeatureState,
  alphas: CheckAlphas,
): CheckResult[] {
  const found = [missing(name, role, { profile, state }, alphas.missing)];
  if (profile.kind === "numeric" && state.kind === "numeric") {
    found.push(
      infinite(name, profile, state, alphas.missing),
      outOfRange(name, profile, state, alphas.unseen),
      constantNumber(name, role, profile, state),
    );
  }
  if (profile.kind === "categorical" && state.kind === "categorical") {
    found.push(unseen(name, profile, state, alphas.unseen), constantLevel(name, role, profile, state));
  }
  return found;
}

function missing(
  feature: string,
  role: ProfiledFeature["role"],
  { profile, state }: { profile: NumericProfile | CategoricalProfile; state: FeatureState },
  alpha: number,
): CheckResult {
  const { now, usual } = missingShares(profile, state);
  const test = shareTest({
    hits: now.missing,
    rows: now.rows,
    referenceHits: usual.missing,
    referenceRows: usual.rows,
    alpha,
  });
  const isGone = role === "input" && test.statistic >= goneShare && usual.missing < requiredShare * usual.rows;
  const words = `${percent(now.missing / Math.max(1, now.rows))} of \`${feature}\` is missing, ${percent(usual.missing / Math.max(1, usual.rows))} in the reference`;
  return toCheckResult({ check: "missing values", feature, test, rows: now.rows, words }, usual.missing / usual.rows, {
    severity: isGone ? "page" : "ticket",
    evidence: { missing: now.missing },
  });
}

function infinite(feature: string, profile: NumericProfile, state: NumericState, alpha: number): CheckResult {
  const { now, usual } = missingShares(profile, state);
  const [hits, referenceHits] = [state.posInf + state.negInf, profile.posInf + profile.negInf];
  const test = shareTest({ hits, rows: now.rows, referenceHits, referenceRows: usual.rows, alpha });
  const words = `${percent(test.statistic)} of \`${feature}\` is infinite, ${percent(referenceHits / Math.max(1, usual.rows))} in the reference`;
  return toCheckResult({ check: "infinite values", feature, test, rows: now.rows, words }, referenceHits / usual.rows);
}

function outOfRange(feature: string, profile: NumericProfile, state: NumericState, alpha: number): CheckResult {
  const { below, above, count: rows } = state;
  const test = outOfRangeTest({ outside: below + above, rows, referenceRows: profile.count, alpha });
  const parts = [
    ...(below > 0 ? [`${percent(below / rows)} below ${formatSignificant(profile.min, 5)}`] : []),
    ...(above > 0 ? [`${percent(above / rows)} above ${formatSignificant(profile.max, 5)}`] : []),
  ];
  const words =
    parts.length === 0
      ? `All values of \`${feature}\` are between ${formatSignificant(profile.min, 5)} and ${formatSignificant(profile.max, 5)}, as in the reference`
      : `\`${feature}\`: ${parts.join(" and ")}, compared with the reference range`;
  return toCheckResult({ check: "out of range", feature, test, rows, words }, 2 / (profile.count + 1), {
    evidence: { below, above, min: state.min, max: state.max },
  });
}

function unseen(feature: string, profile: CategoricalProfile, state: CategoricalState, alpha: number): CheckResult {
  const { unseen, count: rows, unseenTop } = state;
  const seen = { once: profile.once, twice: twiceSeen(profile), referenceRows: profile.count };
  const reference = profile.levels.map(([, count]) => count);
  const test = unseenTest({ unseen, rows, ...seen, reference, current: state.levels, alpha });
  const top = [...unseenTop].sort((a, b) => b[1] - a[1]).slice(0, 3);
  const named = top.length === 0 ? "" : `, most often ${top.map(([level]) => `"${level.slice(0, 40)}"`).join(", ")}`;
  const words = `${percent(unseen / Math.max(1, rows))} of \`${feature}\` has a category that is not in the reference${named}`;
  return toCheckResult({ check: "unseen levels", feature, test, rows, words }, profile.once / profile.count, {
    evidence: { unseen, top },
  });
}

function constantNumber(
  feature: string,
  role: ProfiledFeature["role"],
  profile: NumericProfile,
  { count, min, max }: NumericState,
): CheckResult {
  const isConstant = count >= minRows && min === max && profile.min < profile.max;
  return constant(
    { feature, role, isConstant, value: formatSignificant(min, 6) },
    { rows: count, share: highest(profile) },
  );
}

function constantLevel(
  feature: string,
  role: ProfiledFeature["role"],
  profile: CategoricalProfile,
  state: CategoricalState,
): CheckResult {
  const index = state.levels.indexOf(state.count);
  const level = profile.levels[index]?.[0] ?? (state.unseen === state.count ? [...state.unseenTop.keys()][0] : "other");
  const isOne = state.levels.includes(state.count) || (state.unseen === state.count && state.unseenTop.size === 1);
  const isConstant = state.count >= minRows && isOne && profile.levels.length > 1 && index !== profile.levels.length;
  const share = (profile.levels[0]?.[1] ?? 0) / Math.max(1, profile.count);
  return constant({ feature, role, isConstant, value: `"${level}"` }, { rows: state.count, share });
}

/** The probability that all rows have the most frequent value by chance is its share to the power of the row count. */
function constant(
  { feature, role, isConstant, value }: { feature: string; role: string; isConstant: boolean; value: string },
  { rows, share }: { rows: number; share: number },
): CheckResult {
  const chance = share ** rows;
  const isBroken = isConstant && chance < 1e-9;
  const shown =
    rows < minRows ? `${rows} values of \`${feature}\`: at least ${minRows} needed for a result.` : undefined;
  const what = role === "output" ? `Predicted \`${feature}\`` : `\`${feature}\``;
  return checkOf({
    check: "constant",
    feature,
    rows,
    pValue: isConstant ? chance : null,
    state: rows < minRows ? "unknown" : isBroken ? "broken" : "whole",
    severity: isBroken ? (role === "output" ? "page" : "ticket") : null,
    words:
      shown ??
      (isConstant ? `${what} is ${value} in all ${formatCount(rows)} rows.` : `\`${feature}\` varies as expected.`),
    evidence: isConstant ? { value, reach: 1 } : {},
  });
}

/** Returns the share of rows in the fullest bin. */
function highest({ bins, count }: NumericProfile): number {
  return Math.max(...bins) / Math.max(1, count);
}

type Tested = Pick<CheckResult, "check" | "feature" | "rows" | "words"> & { test: CalibratedTest };

function toCheckResult(
  { test, words, ...named }: Tested,
  usual: number,
  { severity = "ticket", evidence = {} }: { severity?: "page" | "ticket"; evidence?: Record<string, unknown> } = {},
): CheckResult {
  if (test.method === "too-few-rows") {
    const few = `${named.rows} rows of \`${named.feature}\`: at least ${minRows} needed for a result.`;
    return checkOf({ ...named, state: "unknown", words: few });
  }
  const isSmall = test.statistic - usual < minIncrease;
  const state = !test.isDrift ? "whole" : isSmall ? "small" : "broken";
  return checkOf({
    ...named,
    state,
    share: test.statistic,
    usual,
    pValue: test.pValue,
    line: Number.isFinite(test.line) ? test.line : null,
    severity: state === "broken" ? severity : null,
    words: `${words} (${named.rows.toLocaleString("en")} rows)${state === "small" ? ": too little to matter" : ""}.`,
    evidence: { ...evidence, reach: test.statistic },
  });
}
