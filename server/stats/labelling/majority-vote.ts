import { ArgumentError, requireFinite } from "../argument-error.ts";
import { classCounts, orderByItem, type Votes } from "./votes.ts";

export interface MajorityVote {
  /** Class of each item; −1 without votes. */
  label: Int32Array;
  /** Items whose tie nothing decided, which have the smallest of their classes. */
  undecided: number[];
}

/**
 * Chooses the class of most votes for each item. Ties go to the class that the model finds most probable, then to the rarer class among
 * all votes, then to the class of annotators who agree more with the majorities without a tie, then to the smallest class, so that two
 * machines say the same. docs/spec/labelling.md section 6.1.
 * @param probabilities of a model, `items` rows of one per class
 * @throws ArgumentError for votes or probabilities that do not fit
 */
export function majorityVote(votes: Votes, probabilities: Float64Array | null = null): MajorityVote {
  const counts = classCounts(votes);
  const { item, annotator, given, items, annotators, classes } = votes;
  if (probabilities) {
    if (probabilities.length !== items * classes)
      throw new ArgumentError("Each item must have one probability per class.");
    requireFinite(probabilities, "Probabilities");
  }
  const label = new Int32Array(items).fill(-1);
  const ofClass = new Float64Array(classes);
  for (let row = 0; row < given.length; row += 1) {
    ofClass[given[row] as number] = (ofClass[given[row] as number] as number) + 1;
  }
  const tied = new Map<number, number[]>();
  for (let at = 0; at < items; at += 1) {
    const own = counts.subarray(at * classes, (at + 1) * classes);
    const best = largest(range(classes), (one) => own[one] as number);
    if (best.length === 1) label[at] = best[0] as number;
    else if (best.length > 1 && (own[best[0] as number] as number) > 0) tied.set(at, best);
  }
  if (tied.size === 0) return { label, undecided: [] };
  const accuracy = agreementWith(label, { item, annotator, given, annotators });
  const { start, order } = orderByItem(item, items);
  const undecided: number[] = [];
  for (const [at, among] of tied) {
    let rest = among;
    if (probabilities) rest = largest(rest, (one) => probabilities[at * classes + one] as number);
    rest = largest(rest, (one) => -(ofClass[one] as number));
    if (rest.length > 1 && accuracy) {
      const rows = Array.from(order.subarray(start[at], start[at + 1]));
      rest = largest(rest, (one) => {
        const own = rows.filter((row) => given[row] === one);
        return own.reduce((sum, row) => sum + (accuracy[annotator[row] as number] as number), 0) / own.length;
      });
    }
    label[at] = rest[0] as number;
    if (rest.length > 1) undecided.push(at);
  }
  return { label, undecided };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}

/** Returns the classes of the largest value, in their order. Rounding decides no tie. */
function largest(classes: readonly number[], scoreOf: (one: number) => number): number[] {
  const values = classes.map(scoreOf);
  const limit = Math.max(...values);
  const rounding = 1e-12 * Math.abs(limit);
  return classes.filter((_, at) => (values[at] as number) >= limit - rounding);
}

/**
 * Computes the share of votes of each annotator that equal the label of their item, of items with a label; the mean of all for one
 * without such votes. @returns undefined if no item has a label
 */
function agreementWith(
  label: Int32Array,
  { item, annotator, given, annotators }: Pick<Votes, "item" | "annotator" | "given" | "annotators">,
): Float64Array | undefined {
  const [seen, right] = [new Float64Array(annotators), new Float64Array(annotators)];
  for (let row = 0; row < item.length; row += 1) {
    const decided = label[item[row] as number] as number;
    if (decided < 0) continue;
    const who = annotator[row] as number;
    seen[who] = (seen[who] as number) + 1;
    if (decided === given[row]) right[who] = (right[who] as number) + 1;
  }
  const known = range(annotators).filter((who) => (seen[who] as number) > 0);
  if (known.length === 0) return undefined;
  const shareOf = (who: number) => (right[who] as number) / (seen[who] as number);
  const mean = known.reduce((sum, who) => sum + shareOf(who), 0) / known.length;
  return Float64Array.from(range(annotators), (who) => ((seen[who] as number) > 0 ? shareOf(who) : mean));
}
