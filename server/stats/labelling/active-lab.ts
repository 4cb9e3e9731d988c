import { ArgumentError } from "../argument-error.ts";
import { type ClassProbabilities, largestClass } from "./class-probabilities.ts";
import { crowdLab } from "./crowd-lab.ts";
import { labelQuality } from "./label-quality.ts";
import { atTemperature, voteTemperature } from "./temperature.ts";
import { countVotes } from "./vote-counts.ts";
import type { Votes } from "./votes.ts";

/** How little is gained by one more label of each item: the lowest is labelled first (docs/spec/labelling.md section 9.3). */
export interface ActiveLab {
  labelled: Float64Array;
  unlabelled: Float64Array;
  /** Of the model's probabilities, fitted to the votes; 1 where nothing was fitted. */
  temperature: number;
}

/** Items with votes and the model's probabilities of them. */
export interface LabelledItems {
  votes: Votes;
  probabilities: ClassProbabilities;
}

/**
 * Scores items with and without labels on one scale, so that a budget can be split between new and second labels: ActiveLab. Goh, Mueller,
 * "ActiveLab: Active learning with re-labeling by multiple annotators", 2023 (https://arxiv.org/abs/2301.11856).
 * @param labelled null when nothing has a label yet
 * @param unlabelled null when everything has
 * @param shared items with two votes that a temperature needs, as in `voteTemperature`
 * @throws ArgumentError for votes or probabilities that are none
 */
export function activeLab(
  labelled: LabelledItems | null,
  unlabelled: ClassProbabilities | null,
  shared?: number,
): ActiveLab {
  const weighed = labelled
    ? weighLabels(labelled, shared)
    : { scores: new Float64Array(0), temperature: 1, model: 1, annotator: 1 };
  const scores = unlabelled ? scoreUnlabelled(unlabelled, weighed) : new Float64Array(0);
  return { labelled: weighed.scores, unlabelled: scores, temperature: weighed.temperature };
}

interface Weighed {
  scores: Float64Array;
  temperature: number;
  /** Weight of the model, and the mean weight of a annotator. */
  model: number;
  annotator: number;
}

function weighLabels({ votes, probabilities }: LabelledItems, shared?: number): Weighed {
  const { byItem, byClass } = countVotes(votes, probabilities);
  const chance = 1 / votes.classes;
  if (byItem.every((count) => count === 1)) {
    const labels = Array.from(byItem, (_, i) => largestClass(byClass, votes.classes, i * votes.classes));
    const quality = labelQuality(labels, probabilities);
    return { scores: quality.map((one) => (2 * one + chance) / 3), temperature: 1, model: 1, annotator: 1 };
  }
  const temperature = voteTemperature(votes, probabilities, shared);
  const found = crowdLab(votes, atTemperature(probabilities, temperature));
  if (!found) throw new ArgumentError("Some item must have two votes.");
  const { quality, modelWeight, annotatorWeights } = found;
  const annotator = annotatorWeights.reduce((sum, weight) => sum + weight, 0) / votes.annotators;
  const total = new Float64Array(votes.items).fill(modelWeight);
  for (let vote = 0; vote < votes.item.length; vote += 1) {
    const i = votes.item[vote] as number;
    total[i] = (total[i] as number) + (annotatorWeights[votes.annotator[vote] as number] as number);
  }
  const scores = quality.map(
    (one, i) => (one * (total[i] as number) + chance * annotator) / ((total[i] as number) + annotator),
  );
  return { scores, temperature, model: modelWeight, annotator };
}

function scoreUnlabelled(unlabelled: ClassProbabilities, { temperature, model, annotator }: Weighed): Float64Array {
  const { values, classes } = atTemperature(unlabelled, temperature);
  return Float64Array.from({ length: values.length / classes }, (_, row) => {
    const from = row * classes;
    const most = values[from + largestClass(values, classes, from)] as number;
    return (most * model + annotator / classes) / (model + annotator);
  });
}
