import { ArgumentError, requireFinite } from "../argument-error.ts";
import { largestClass } from "./class-probabilities.ts";
import { labelQuality } from "./label-quality.ts";
import { uncertaintyOf } from "./uncertainty.ts";

/** What the place of a task in the queue follows from (docs/spec/labelling.md section 9.4). */
export interface QueueEvidence {
  /** How unsure the model is, from 0 to 1; other kinds of tasks than classes use the percentile of their own uncertainty, or 0.5. */
  gain: number;
  drift: readonly DriftedFeature[];
  /** How much the item matters, from a table or a column; 1 where nothing is said. */
  weight: number;
  /** Items of the same group that come earlier. */
  twins: number;
}

/** A feature with an open drift finding, at the item's value. */
export interface DriftedFeature {
  /** Importance of the feature, from 0 to 1. */
  importance: number;
  /** Share of the item's bin now, divided by its share in the reference. */
  densityRatio: number;
}

export interface QueueRank {
  drift: number;
  priority: number;
  /** −ln of the priority: the lowest is served first. */
  rank: number;
}

const maxDensity = 4;
const weights = { min: 0.1, max: 100 };
const minPriority = 1e-6;

/**
 * Computes the place of a task: gain × drift × weight / (1 + twins), as −ln, so that the queue ascends.
 * @throws ArgumentError for numbers that are not finite, or a number of twins below 0
 */
export function queueRank({ gain, drift, weight, twins }: QueueEvidence): QueueRank {
  requireFinite([gain, weight], "Gain and weight");
  if (!(twins >= 0 && twins < Number.POSITIVE_INFINITY))
    throw new ArgumentError("The number of twins must not be negative.");
  const factor = driftFactor(drift);
  const priority = (gain * factor * Math.min(weights.max, Math.max(weights.min, weight))) / (1 + twins);
  return { drift: factor, priority, rank: -Math.log(Math.max(minPriority, priority)) };
}

/**
 * Computes how much drift lifts an item: 1 + Σ importance × (density ratio − 1), where a ratio counts from 1 to 4. An item in a bin that became
 * rarer is not lowered.
 * @throws ArgumentError for importances or ratios that are not finite
 */
export function driftFactor(drift: readonly DriftedFeature[]): number {
  let factor = 1;
  for (const { importance, densityRatio } of drift) {
    requireFinite([importance, densityRatio], "Importances and density ratios");
    factor += importance * (Math.min(maxDensity, Math.max(1, densityRatio)) - 1);
  }
  return factor;
}

/** What is known of an item without a label, each from 0 to 1. */
export interface UnlabelledEvidence {
  /** Of the model: the margin uncertainty of a classification, the percentile of its own measure for other kinds, 0.5 where it has none. */
  uncertainty: number;
  /** Share of other versions that answered otherwise. */
  disagreement: number;
  /** Share of the predicted class's labels that look wrong. */
  noise: number;
}

/**
 * Computes what labelling an item without a label would tell: how unsure the versions are, lifted by the noise of the class.
 * @throws ArgumentError for numbers outside 0 to 1
 */
export function unlabelledGain({ uncertainty, disagreement, noise }: UnlabelledEvidence): number {
  for (const share of [uncertainty, disagreement, noise]) {
    if (!(share >= 0 && share <= 1)) {
      throw new ArgumentError("Uncertainty, disagreement and noise must be shares from 0 to 1.");
    }
  }
  return 1 - (1 - Math.max(uncertainty, disagreement)) * (1 - noise);
}

/**
 * Computes what labelling an item of a classification would tell. With a label it is how doubtful that label is, 1 − its normalised margin. Without
 * one it is `unlabelledGain`. Never the product of both: a certain model that contradicts a label is what finds it wrong
 * (docs/spec/labelling.md section 9.4).
 * @param label the item's label, if it has one
 * @param disagreement share of other versions that answered otherwise
 * @param classNoise by class, as `classNoise` of the newest joint; a class that it lacks has none
 * @throws ArgumentError for probabilities or a label that are none, or shares outside 0 to 1
 */
export function labelGain(
  probabilities: readonly number[],
  { label, disagreement, classNoise }: { label: number | null; disagreement: number; classNoise: readonly number[] },
): number {
  if (label !== null) {
    const row = { values: Float64Array.from(probabilities), classes: probabilities.length };
    return Math.max(0, 1 - (labelQuality([label], row, "normalised-margin")[0] as number));
  }
  const { margin } = uncertaintyOf(probabilities);
  const noise = classNoise[largestClass(probabilities, probabilities.length)] ?? 0;
  return unlabelledGain({ uncertainty: margin, disagreement, noise });
}
