import { ArgumentError, requireCounts, requireFinite, requireSameLength } from "../argument-error.ts";

/** What is known of an annotator: correct of seen answers, on gold and on items that others answered. */
export interface AnnotatorRecord {
  correct: number;
  seen: number;
}

/** A vote of one annotator on the item. */
export interface ItemVote {
  /** Accuracy of the annotator, as annotatorAccuracy computes it. */
  accuracy: number;
  given: number;
}

/** When an item is settled. */
export interface ConsensusRule {
  /** Posterior above which an item is settled. */
  stop: number;
  /** Answers from which an item may be settled, and at which it goes to review. */
  minAnswers: number;
  maxAnswers: number;
}

export interface ConsensusStep {
  posterior: number[];
  /** Most probable class; the smallest of equal ones. */
  label: number;
  /** Settled, one more answer is required, or a reviewer decides. */
  decision: "settled" | "more" | "review";
}

/** Answers with which the accuracy of everyone counts in that of one annotator. */
const poolAnswers = 8;

/** No annotator is taken to be better; none worse than guessing. */
const maxAccuracy = 0.99;

/** Probability that a model has at least for each class, so that people can outvote a model that is certain. */
const minModelProbability = 0.02;

/** Answers without a class that send an item to review. */
const maxUnclear = 2;

/**
 * Computes the accuracy that a vote of an annotator counts with: (correct + 8 · pool) / (seen + 8), from chance to 0.99.
 * docs/spec/labelling.md section 4.2.
 * @param pool mean accuracy of all annotators @param classes at least 2
 * @throws ArgumentError for numbers that are no counts or shares
 */
export function annotatorAccuracy({ correct, seen }: AnnotatorRecord, pool: number, classes: number): number {
  requireCounts([correct, seen], "Answers");
  if (correct > seen) throw new ArgumentError("Correct answers must be at most the seen ones.");
  if (!(pool >= 0 && pool <= 1)) throw new ArgumentError("A mean accuracy must be from 0 to 1.");
  if (!(Number.isInteger(classes) && classes >= 2)) throw new ArgumentError("There must be at least two classes.");
  return Math.min(maxAccuracy, Math.max(1 / classes, (correct + poolAnswers * pool) / (seen + poolAnswers)));
}

/**
 * Computes the posterior of the classes of one item after its votes, and whether it is settled: by Bayes' rule with the prior, and for
 * each vote the annotator's accuracy for its class and the rest shared by the others. docs/spec/labelling.md section 4.2.
 * @param prior shares of the classes @param unclear annotators who could not decide on a class
 * @param model probabilities of a model that votes as well; null where it must not
 * @throws ArgumentError for fewer than two classes, or numbers that are no shares
 */
export function consensusStep(
  {
    votes,
    prior,
    model = null,
    unclear = 0,
  }: {
    votes: readonly ItemVote[];
    prior: readonly number[];
    model?: readonly number[] | null;
    unclear?: number;
  },
  { stop, minAnswers, maxAnswers }: ConsensusRule,
): ConsensusStep {
  const classes = prior.length;
  if (classes < 2) throw new ArgumentError("There must be at least two classes.");
  requireShares(prior);
  if (model) {
    requireSameLength(prior, model, "Shares of classes and probabilities");
    requireShares(model);
  }
  const logs = prior.map(
    (share, one) => Math.log(share) + (model ? Math.log(Math.max(minModelProbability, model[one] as number)) : 0),
  );
  for (const { accuracy, given } of votes) {
    if (!(accuracy > 0 && accuracy < 1)) throw new ArgumentError("Accuracies must be between 0 and 1.");
    if (!(Number.isInteger(given) && given >= 0 && given < classes))
      throw new ArgumentError("Votes must be for a class.");
    for (let one = 0; one < classes; one += 1) {
      logs[one] = (logs[one] as number) + Math.log(one === given ? accuracy : (1 - accuracy) / (classes - 1));
    }
  }
  const highest = Math.max(...logs);
  if (highest === Number.NEGATIVE_INFINITY) throw new ArgumentError("Some class must be possible.");
  const likelihoods = logs.map((log) => Math.exp(log - highest));
  const sum = likelihoods.reduce((all, one) => all + one, 0);
  const posterior = likelihoods.map((one) => one / sum);
  const label = posterior.indexOf(Math.max(...posterior));
  return { posterior, label, decision: decide() };

  function decide(): ConsensusStep["decision"] {
    if (unclear >= maxUnclear) return "review";
    if (votes.length >= minAnswers && (posterior[label] as number) > stop) return "settled";
    return votes.length >= maxAnswers ? "review" : "more";
  }
}

function requireShares(shares: readonly number[]): void {
  requireFinite(shares, "Shares");
  if (shares.some((one) => one < 0 || one > 1)) throw new ArgumentError("Shares must be from 0 to 1.");
}
