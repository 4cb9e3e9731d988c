import { formatCount } from "#server/base/format-number.ts";
import { minRows } from "../../contract.ts";
import type { EstimatedImpact } from "../../quality/impact/contract.ts";
import type { DriftVerdict, FeatureVerdict } from "../contract.ts";

type Facts = Pick<DriftVerdict, "state" | "tested" | "drifted" | "slow" | "isInputDrift" | "isPredictionDrift">;

/**
 * Describes the result of a window in a sentence (docs/spec/drift.md section 14, docs/spec/design.md section 6).
 * @param rows of the window
 */
export function describeVerdict(facts: Facts, features: readonly FeatureVerdict[], rows: number): string {
  const { slow = 0 } = facts;
  const words = describeState(facts, features, rows);
  return slow === 0 ? words : `${words} ${of(slow, features.length)} ${slow === 1 ? "drifts" : "drift"} slowly.`;
}

function describeState(facts: Facts, features: readonly FeatureVerdict[], rows: number): string {
  const { state, tested } = facts;
  if (state === "no-data") return "No rows in this time range: nothing to compare.";
  if (state === "too-few")
    return `${formatCount(rows)} ${rows === 1 ? "row" : "rows"}: at least ${minRows} needed for a result.`;
  if (state === "untestable")
    return "Cannot be tested: in every feature, nearly all values are alike, or each is rare.";
  if (state === "drift") return describeDrift(facts);
  const all = `${tested === 1 ? "The tested feature matches" : `All ${tested} features match`} the reference`;
  const inState = (wanted: FeatureVerdict["state"]) => features.filter((feature) => feature.state === wanted).length;
  if (state === "expected") return `${of(inState("expected"), tested)} changed as expected; no other changes.`;
  if (state === "minor") return `${of(inState("minor"), tested)} changed, but too little to matter.`;
  const untestable = inState("untestable");
  return untestable === 0 ? `${all}.` : `${all}; ${formatCount(untestable)} cannot be tested.`;
}

/**
 * Formats the verdict with the window's estimated impact (docs/spec/drift.md section 13); a normal verdict without impact is stated only
 * once.
 */
export function headlineOf(
  { state, words }: Pick<DriftVerdict, "state" | "words">,
  impact: Pick<EstimatedImpact, "words" | "verdict"> | null,
): string {
  const isWorthIt = state === "drift" || state === "expected" || state === "minor" || impact?.verdict !== "same";
  const isEvaluated = state !== "no-data" && state !== "too-few" && state !== "untestable";
  if (!impact || !isWorthIt || !isEvaluated) return words;
  return `${words.replace(/\.$/, "")}; ${impact.words}.`;
}

/** Describes input and prediction drift together: each alone has different causes (docs/spec/drift.md section 8). */
function describeDrift({ drifted, tested, isInputDrift, isPredictionDrift }: Facts): string {
  if (!isInputDrift) {
    return "Predictions changed although no input did: check the model, its version and the preprocessing.";
  }
  const inputs = `${of(drifted, tested)} ${drifted === 1 ? "shows" : "show"} significant drift`;
  return isPredictionDrift ? `${inputs}, and predictions changed as well.` : `${inputs}; predictions are stable.`;
}

const numbers = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

function of(some: number, all: number): string {
  const count = numbers[some] ?? String(some);
  const words = `${count} of ${formatCount(all)} ${all === 1 ? "feature" : "features"}`;
  return words.charAt(0).toUpperCase() + words.slice(1);
}
