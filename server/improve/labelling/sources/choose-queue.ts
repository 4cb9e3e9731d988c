import { labelGain, queueRank } from "#server/stats/labelling/queue-rank.ts";
import { disagreementOf } from "#server/stats/labelling/uncertainty.ts";
import type { LabelSettings, LogSource, RankFactors } from "../contract.ts";

/** What is known of a request when its task is made. */
export interface RequestFacts {
  requestId: string;
  probabilities: readonly number[] | null;
  confidence: number | null;
  answer: string | null;
  /** Answers of other versions to the same request: shadow copies, cascade steps, the other arm. */
  others: readonly string[];
  /** By class, the share of its labels that look wrong. */
  classNoise: readonly number[];
  /** Features with an open drift finding, at the request's values. */
  drift: readonly { name: string; importance: number; densityRatio: number }[];
  weight: number;
  /** Open tasks with equal inputs. */
  twins: number;
}

/** The queue of a request with its place, and why it is there in words that do not reveal the prediction. */
export interface ChosenQueue {
  source: LogSource;
  rank: number;
  factors: RankFactors;
  reason: string;
}

/** Drift factor from which a request stands for drifted data. */
const minDrift = 1.5;
const maxDrifted = 5;

/** Names of the features that lift a request. */
function driftedOf({ drift }: RequestFacts): string[] {
  const by = (one: RequestFacts["drift"][number]) => one.importance * one.densityRatio;
  const lifting = drift.filter(({ densityRatio }) => densityRatio >= minDrift);
  return lifting
    .toSorted((a, b) => by(b) - by(a))
    .slice(0, maxDrifted)
    .map(({ name }) => name.slice(0, 200));
}

/**
 * Chooses the queue of a sampled request. The audit is drawn first and by chance alone, so that nothing else has a part in it; of all others,
 * disagreement, drift and uncertainty are tried in this order.
 * @param isDrawn whether the hash of its id draws it for the audit
 * @returns undefined for a request that no queue takes
 */
export function chooseQueue(
  facts: RequestFacts,
  { queues, minGain }: Pick<LabelSettings, "queues" | "minGain">,
  isDrawn: boolean,
): ChosenQueue | undefined {
  const gain = gainOf(facts);
  const { drift, rank } = queueRank({ gain, drift: facts.drift, weight: facts.weight, twins: facts.twins });
  const drifted = driftedOf(facts);
  const factors = { gain, drift, weight: facts.weight, twins: facts.twins, ...(drifted.length > 0 && { drifted }) };
  const has = (source: LogSource) => queues.includes(source);
  const disagreement = facts.answer === null ? 0 : disagreementOf(facts.answer, facts.others);
  if (isDrawn && has("audit")) return { source: "audit", rank, factors, reason: "Drawn at random." };
  if (disagreement > 0 && has("disagree")) {
    return { source: "disagree", rank, factors, reason: "Versions predict different classes." };
  }
  if (drift >= minDrift && has("drift")) {
    return { source: "drift", rank, factors, reason: "Its values have become more frequent than in the reference." };
  }
  if (gain >= minGain && has("uncertain") && uncertaintyKnown(facts)) {
    return { source: "uncertain", rank, factors, reason: "The model is uncertain." };
  }
  return undefined;
}

function uncertaintyKnown({ probabilities, confidence }: RequestFacts): boolean {
  return probabilities !== null || confidence !== null;
}

/** How much the label of a request would tell, from 0 to 1; one half where the log does not say how sure the model was. */
function gainOf({ probabilities, confidence, answer, others, classNoise }: RequestFacts): number {
  const disagreement = answer === null ? 0 : disagreementOf(answer, others);
  if (probabilities && probabilities.length > 1) {
    return labelGain(probabilities, { label: null, disagreement, classNoise });
  }
  const doubt = confidence === null ? 0.5 : 1 - confidence;
  return Math.max(doubt, disagreement);
}

/** Weight of an item: by the table of values, or the number itself, from 0.1 to 100; 1 where nothing is said. */
export function weightOf(
  data: Readonly<Record<string, unknown>>,
  { weightField, weights }: Pick<LabelSettings, "weightField" | "weights">,
): number {
  if (weightField === null) return 1;
  const value = findField(data, weightField);
  const known = weights[String(value)];
  if (known !== undefined) return known;
  const number = typeof value === "number" ? value : Number.NaN;
  return Number.isFinite(number) ? Math.min(100, Math.max(0.1, number)) : 1;
}

/** A field of the data itself, or a column of a row in it. */
function findField(data: Readonly<Record<string, unknown>>, name: string): unknown {
  if (name in data) return data[name];
  for (const value of Object.values(data)) {
    if (value !== null && typeof value === "object" && name in value) return (value as Record<string, unknown>)[name];
  }
  return undefined;
}
