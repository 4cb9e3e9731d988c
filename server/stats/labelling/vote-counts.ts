import { ArgumentError } from "../argument-error.ts";
import { type ClassProbabilities, countRows } from "./class-probabilities.ts";
import { classCounts, type Votes } from "./votes.ts";

/** Numbers of votes: by item and class, `items` rows of `classes`, and by item. */
export interface VoteCounts {
  byClass: Float64Array;
  byItem: Float64Array;
}

/**
 * Counts votes of items that a model has probabilities of.
 * @throws ArgumentError for votes or probabilities that do not fit, fewer than two classes, or an item or annotator without a vote
 */
export function countVotes(votes: Votes, probabilities: ClassProbabilities): VoteCounts {
  const { items, annotators, classes, item, annotator } = votes;
  if (probabilities.classes !== classes || countRows(probabilities) !== items || classes < 2) {
    throw new ArgumentError("Each item must have a probability of every class, of at least two.");
  }
  const byClass = classCounts(votes);
  const byItem = new Float64Array(items);
  const hasVoted = new Uint8Array(annotators);
  for (let vote = 0; vote < item.length; vote += 1) {
    const i = item[vote] as number;
    byItem[i] = (byItem[i] as number) + 1;
    hasVoted[annotator[vote] as number] = 1;
  }
  if (byItem.includes(0) || hasVoted.includes(0)) {
    throw new ArgumentError("Each item and each annotator must have a vote.");
  }
  return { byClass, byItem };
}
