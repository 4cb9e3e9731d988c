import { dayMs } from "#server/base/durations.ts";
import { compareOutcomes } from "#server/release/rollouts/outcomes/compare-outcomes.ts";
import type { RolloutCount } from "#server/serve/rollout/evidence/contract.ts";
import type { Measured } from "#server/watch/monitoring/quality/contract.ts";
import { lossBetween } from "#server/watch/monitoring/quality/impact/estimate-impact.ts";
import type { QualityMetric } from "#server/watch/monitoring/quality/metrics/contract.ts";
import type { RetrainingOutcome } from "./contract.ts";
import { describeDifference, describeUnknown, minLabelled } from "./describe-outcome.ts";

/** Time that is compared before a rollout and after an adoption: a week, so that both have the same weekdays. */
export const weekMs = 7 * dayMs;
const alpha = 0.05;

/** The metric of both versions in one span, of labelled predictions; null where there are none. */
export interface VersionPair {
  champion: Measured | null;
  candidate: Measured | null;
}

/** What the outcome of an adopted cycle follows from. Times are milliseconds since 1970. */
export interface OutcomeFacts {
  championVersion: number;
  candidateVersion: number;
  adoptedAt: number;
  /** Age at which labels of the endpoint are complete; null while none has arrived. */
  horizonMs: number | null;
  metric: QualityMetric;
  /** Right and wrong predictions of both arms of the rollout by step, with events as wrong ones; they answer for accuracy. */
  arms: { rows: readonly RolloutCount[]; steps: number };
  /** Both versions in the hours of the rollout in which both have labels; they answer for other metrics. */
  during: VersionPair;
  /** The champion in the week before the rollout, the candidate in the week after the adoption. */
  before: VersionPair;
  cost: number | null;
  currency: string | null;
  /** End of the training data; null where it is not known. */
  dataEnd: number | null;
}

type Readiness = "early" | "rollout" | "week" | "deadline";

/**
 * Says what can be compared by now. Labels of the rollout are complete once the horizon has passed after the adoption, those of the week after it a week
 * later. After two horizons and a week nothing more is waited for.
 */
export function readinessOf(
  { adoptedAt, horizonMs }: Pick<OutcomeFacts, "adoptedAt" | "horizonMs">,
  now: number,
): Readiness {
  const passedMs = now - adoptedAt;
  if (passedMs >= 2 * (horizonMs ?? 0) + weekMs) return "deadline";
  if (horizonMs === null || passedMs < horizonMs) return "early";
  return passedMs < horizonMs + weekMs ? "rollout" : "week";
}

type Difference = Pick<RetrainingOutcome, "champion" | "candidate" | "difference" | "low" | "high" | "rows"> & {
  difference: number;
  low: number;
  high: number;
};

/**
 * Decides whether the candidate of an adopted cycle was better than its champion would have been: by both arms of the rollout where each has enough
 * labels, else by the week after the adoption beside the champion's week before the rollout. docs/spec/retraining.md section 7.
 * @param now milliseconds since 1970 @returns null while it is too early to say
 */
export function compareOutcome(facts: OutcomeFacts, now: number): RetrainingOutcome | null {
  const readiness = readinessOf(facts, now);
  if (readiness === "early") return null;
  const inRollout = compareRollout(facts);
  if (inRollout) return outcomeOf(facts, "rollout", inRollout, now);
  if (readiness === "rollout") return null;
  const before = comparePair(facts.before, facts.metric);
  if (before) return outcomeOf(facts, "before", before, now);
  return readiness === "deadline" ? unknownOutcome(facts, now) : null;
}

function compareRollout({ metric, arms, during }: OutcomeFacts): Difference | null {
  return metric === "accuracy" ? compareArms(arms) : comparePair(during, metric);
}

/** Compares the shares of right predictions step by step; what the champion would have had is the candidate's share less the difference. */
function compareArms({ rows, steps }: OutcomeFacts["arms"]): Difference | null {
  const right = rows.map((row) => ({ ...row, sum: row.units - row.events, sumSquares: row.units - row.events }));
  const inBoth = right.filter(({ step }) =>
    (["stable", "canary"] as const).every((arm) =>
      right.some((row) => row.step === step && row.arm === arm && row.units > 1),
    ),
  );
  const { stable, canary, valueGain } = compareOutcomes(inBoth, steps, alpha);
  const candidate = canary.valuePerUnit.estimate;
  const { estimate: difference, low, high } = valueGain;
  if (Math.min(stable.units, canary.units) < minLabelled) return null;
  if (candidate === null || difference === null || low === null || high === null) return null;
  return { champion: candidate - difference, candidate, difference, low, high, rows: canary.units };
}

function comparePair({ champion, candidate }: VersionPair, metric: QualityMetric): Difference | null {
  if (!champion || !candidate || Math.min(champion.rows, candidate.rows) < minLabelled) return null;
  const gain = lossBetween(candidate, champion, metric)?.loss;
  if (!gain) return null;
  const { value: difference, low, high } = gain;
  return { champion: champion.value, candidate: candidate.value, difference, low, high, rows: candidate.rows };
}

function outcomeOf(
  facts: OutcomeFacts,
  compared: "rollout" | "before",
  found: Difference,
  now: number,
): RetrainingOutcome {
  const { metric } = facts;
  const verdict = found.low > 0 ? "helped" : found.high < 0 ? "harmed" : "no-difference";
  const words = describeDifference(facts, { ...found, metric, compared, verdict });
  return { verdict, metric, compared, ...found, ...costAndAge(facts), words, at: new Date(now).toISOString() };
}

function unknownOutcome(facts: OutcomeFacts, now: number): RetrainingOutcome {
  return {
    verdict: "not-known",
    metric: null,
    compared: null,
    champion: null,
    candidate: null,
    difference: null,
    low: null,
    high: null,
    rows: facts.before.candidate?.rows ?? 0,
    ...costAndAge(facts),
    words: describeUnknown(facts),
    at: new Date(now).toISOString(),
  };
}

function costAndAge({ cost, currency, dataEnd, adoptedAt }: OutcomeFacts) {
  return { cost, currency, dataAgeDays: dataEnd === null ? null : Math.max(0, adoptedAt - dataEnd) / dayMs };
}
