import { type ClassProbabilities, largestClass } from "./class-probabilities.ts";
import { majorityVote } from "./majority-vote.ts";
import { countVotes, type VoteCounts } from "./vote-counts.ts";
import type { Votes } from "./votes.ts";

/** What annotators and a model together say about items (docs/spec/labelling.md section 7.2). */
export interface CrowdLab {
  /** By item: the consensus, its posterior, and the share of votes for it. */
  consensus: Int32Array;
  quality: Float64Array;
  agreement: Float64Array;
  /** By item, a value per class. */
  posterior: Float64Array;
  /** Weights of the model and of each annotator in the posterior. */
  modelWeight: number;
  annotatorWeights: Float64Array;
  /** By vote: its posterior. */
  voteQuality: Float64Array;
  annotators: AnnotatorQuality[];
}

/** How good the answers of an annotator are. */
interface AnnotatorQuality {
  /** Mean of the quality of the votes and the agreement on shared items, weighted; null for someone who shares no item. */
  quality: number | null;
  /** Share of votes that are the consensus. */
  agreementWithConsensus: number;
  /** The class that is wrong most often when this annotator gives it. */
  worstClass: number;
  votes: number;
}

const minWeight = 1e-6;

/**
 * Weighs annotators and a model by how often they agree, and finds a consensus with its probability: CROWDLAB. Goh, Tkachenko, Mueller, "CROWDLAB:
 * Supervised learning to infer consensus labels and quality scores for data with multiple annotators", 2022
 * (https://arxiv.org/abs/2210.06812).
 * @param probabilities one row per item, from a model that was not trained on these labels
 * @returns null when no item has two votes, because nothing can be said about annotators then
 * @throws ArgumentError for votes or probabilities that are none, or fewer than two classes
 */
export function crowdLab(votes: Votes, probabilities: ClassProbabilities): CrowdLab | null {
  const counts = countVotes(votes, probabilities);
  if (!counts.byItem.some((count) => count > 1)) return null;
  const majority = majorityVote(votes, Float64Array.from(probabilities.values)).label;
  const first = weigh({ votes, probabilities, counts }, majority);
  const consensus = majority.map((voted, item) => bestOf(first.posterior, { item, classes: votes.classes, voted }));
  const last = weigh({ votes, probabilities, counts }, consensus);
  const { item, given } = votes;
  const at = (i: number, k: number) => last.posterior[i * votes.classes + k] as number;
  const voteQuality = Float64Array.from(item, (i, vote) => at(i, given[vote] as number));
  const quality = Float64Array.from(consensus, (k, i) => at(i, k));
  return {
    ...last,
    consensus,
    quality,
    voteQuality,
    annotators: annotatorQuality({ votes, counts, consensus, quality, voteQuality, weights: last }),
  };
}

/** Returns the class with the largest posterior; what the majority voted where several are largest. */
function bestOf(
  posterior: Float64Array,
  { item, classes, voted }: { item: number; classes: number; voted: number },
): number {
  const best = largestClass(posterior, classes, item * classes);
  const most = posterior[item * classes + best] as number;
  for (let k = best + 1; k < classes; k += 1) if (posterior[item * classes + k] === most) return voted;
  return best;
}

interface Data {
  votes: Votes;
  probabilities: ClassProbabilities;
  counts: VoteCounts;
}

type Weights = Pick<CrowdLab, "agreement" | "posterior" | "modelWeight" | "annotatorWeights">;

/** Weighs the model and all annotators against a consensus, and computes the posterior of every class. */
function weigh({ votes, probabilities, counts: { byClass, byItem } }: Data, consensus: Int32Array): Weights {
  const { items, classes } = votes;
  const { values } = probabilities;
  const agreement = Float64Array.from(
    consensus,
    (k, i) => (byClass[i * classes + k] as number) / (byItem[i] as number),
  );
  const frequency = new Float64Array(classes);
  let [shared, agreed, modelErrors] = [0, 0, 0];
  for (let i = 0; i < items; i += 1) {
    if ((byItem[i] as number) < 2) continue;
    const k = consensus[i] as number;
    shared += 1;
    agreed += agreement[i] as number;
    frequency[k] = (frequency[k] as number) + 1;
    if (largestClass(values, classes, i * classes) !== k) modelErrors += 1;
  }
  // What always saying the commonest class would get wrong.
  const base = Math.max(minWeight, 1 - frequency.reduce((most, count) => Math.max(most, count), 0) / shared);
  const likelihood = agreed / shared;
  const annotatorWeights = agreementAmongAnnotators(votes, { byClass, byItem }).map((share) =>
    Math.max(minWeight, 1 - (1 - share) / base),
  );
  const modelWeight = Math.max(minWeight, 1 - modelErrors / shared / base) * Math.sqrt(votes.item.length / items);
  const posterior = Float64Array.from(values, (value) => value * modelWeight);
  const total = new Float64Array(items).fill(modelWeight);
  const { item, annotator, given } = votes;
  for (let vote = 0; vote < item.length; vote += 1) {
    const [i, weight] = [item[vote] as number, annotatorWeights[annotator[vote] as number] as number];
    total[i] = (total[i] as number) + weight;
    for (let k = 0; k < classes; k += 1) {
      const chance = k === given[vote] ? likelihood : (1 - likelihood) / (classes - 1);
      posterior[i * classes + k] = (posterior[i * classes + k] as number) + weight * chance;
    }
  }
  for (let at = 0; at < posterior.length; at += 1) {
    posterior[at] = (posterior[at] as number) / (total[Math.floor(at / classes)] as number);
  }
  return { agreement, posterior, modelWeight, annotatorWeights };
}

/** Computes how often each annotator agrees with the others who answered the same items; the others' mean for someone who shares none. */
function agreementAmongAnnotators(
  { annotators, classes, item, annotator, given }: Votes,
  { byClass, byItem }: VoteCounts,
): Float64Array {
  const [agreed, met] = [new Float64Array(annotators), new Float64Array(annotators)];
  for (let vote = 0; vote < item.length; vote += 1) {
    const [i, j] = [item[vote] as number, annotator[vote] as number];
    agreed[j] = (agreed[j] as number) + (byClass[i * classes + (given[vote] as number)] as number) - 1;
    met[j] = (met[j] as number) + (byItem[i] as number) - 1;
  }
  const known = Array.from(met, (count, j) => (agreed[j] as number) / count).filter((share) => !Number.isNaN(share));
  const mean = known.reduce((sum, share) => sum + share, 0) / known.length;
  return agreed.map((count, j) => ((met[j] as number) > 0 ? count / (met[j] as number) : mean));
}

function annotatorQuality({
  votes,
  counts: { byItem },
  consensus,
  quality,
  voteQuality,
  weights: { modelWeight, annotatorWeights },
}: Pick<Data, "votes" | "counts"> &
  Pick<CrowdLab, "consensus" | "quality" | "voteQuality"> & { weights: Weights }): AnnotatorQuality[] {
  const { items, annotators, item, annotator } = votes;
  const sum = () => new Float64Array(annotators);
  const [given, good, agreed, shared, sharedAgreed] = [sum(), sum(), sum(), sum(), sum()];
  for (let vote = 0; vote < item.length; vote += 1) {
    const [i, j] = [item[vote] as number, annotator[vote] as number];
    const isConsensus = votes.given[vote] === consensus[i] ? 1 : 0;
    given[j] = (given[j] as number) + 1;
    good[j] = (good[j] as number) + (voteQuality[vote] as number);
    agreed[j] = (agreed[j] as number) + isConsensus;
    if ((byItem[i] as number) < 2) continue;
    shared[j] = (shared[j] as number) + 1;
    sharedAgreed[j] = (sharedAgreed[j] as number) + isConsensus;
  }
  const together = (annotatorWeights.reduce((all, weight) => all + weight, 0) * (item.length / items)) / annotators;
  const share = modelWeight / (modelWeight + together);
  const worst = worstClasses(votes, consensus, quality);
  return Array.from(given, (count, j) => ({
    quality:
      (shared[j] as number) > 0
        ? share * ((good[j] as number) / count) + (1 - share) * ((sharedAgreed[j] as number) / (shared[j] as number))
        : null,
    agreementWithConsensus: (agreed[j] as number) / count,
    worstClass: worst[j] as number,
    votes: count,
  }));
}

/** Finds for each annotator the class that is least often the consensus; of equal ones the one given most, then that of the best items. */
function worstClasses(
  { annotators, classes, item, annotator, given }: Votes,
  consensus: Int32Array,
  quality: Float64Array,
): Int32Array {
  const cells = () => new Float64Array(annotators * classes);
  const [times, agreed, good] = [cells(), cells(), cells()];
  for (let vote = 0; vote < item.length; vote += 1) {
    const [i, at] = [item[vote] as number, (annotator[vote] as number) * classes + (given[vote] as number)];
    times[at] = (times[at] as number) + 1;
    agreed[at] = (agreed[at] as number) + (given[vote] === consensus[i] ? 1 : 0);
    good[at] = (good[at] as number) + (quality[i] as number);
  }
  return Int32Array.from({ length: annotators }, (_, j) => {
    let worst: ClassRecord | undefined;
    for (let k = 0; k < classes; k += 1) {
      const at = j * classes + k;
      const count = times[at] as number;
      if (count === 0) continue;
      const one = { k, count, agreed: (agreed[at] as number) / count, quality: (good[at] as number) / count };
      if (!worst || isWorse(one, worst)) worst = one;
    }
    return worst?.k ?? 0;
  });
}

/** What became of the answers of an annotator that name one class. */
interface ClassRecord {
  k: number;
  count: number;
  agreed: number;
  quality: number;
}

function isWorse(one: ClassRecord, than: ClassRecord): boolean {
  return (one.agreed - than.agreed || than.count - one.count || than.quality - one.quality) < 0;
}
