import { ArgumentError } from "../argument-error.ts";
import type { ConsensusRule } from "./consensus-step.ts";

const maxFurther = 8;

/** Shares that are followed one by one, the largest; the classes of smaller ones count with their mean. */
const maxShares = 6;

/** Classes of the same posterior, which are alike. */
interface AlikeClasses {
  share: number;
  count: number;
}

/**
 * Computes how many answers a task still takes on average until it is settled or goes to review, if each further annotator has the same
 * accuracy: 0 for a decided task. Summed over open tasks it is the work that remains. docs/spec/labelling.md section 4.6.
 * @param posterior of the classes, the prior for a task without answers @param answers answers the task has
 * @param accuracy of the annotators to come, between 0 and 1
 * @throws ArgumentError for fewer than two classes, shares outside 0 to 1, or more than 8 answers to come
 */
export function expectedFurtherAnswers(
  { posterior, answers }: { posterior: readonly number[]; answers: number },
  accuracy: number,
  { stop, minAnswers, maxAnswers }: ConsensusRule,
): number {
  if (posterior.length < 2) throw new ArgumentError("There must be at least two classes.");
  if (!posterior.every((share) => share >= 0 && share <= 1)) throw new ArgumentError("Shares must be from 0 to 1.");
  if (!(accuracy > 0 && accuracy < 1)) throw new ArgumentError("An accuracy must be between 0 and 1.");
  if (!(answers >= 0 && maxAnswers - answers <= maxFurther)) {
    throw new ArgumentError("There must be at most 8 answers to come.");
  }
  const other = (1 - accuracy) / (posterior.length - 1);
  return furtherFrom(alikeClasses(posterior), answers);

  function furtherFrom(groups: readonly AlikeClasses[], given: number): number {
    const highest = groups.reduce((most, { share }) => Math.max(most, share), 0);
    if (given >= maxAnswers || (given >= minAnswers && highest > stop)) return 0;
    if (given + 1 >= maxAnswers) return 1;
    let further = 1;
    for (const [at, { share, count }] of groups.entries()) {
      const chance = share * accuracy + (1 - share) * other;
      const next = groups.map((group) => ({ share: (group.share * other) / chance, count: group.count }));
      // One class of the group is answered, which parts it from the others.
      const rest = next[at] as AlikeClasses;
      if (rest.count === 1) next.splice(at, 1);
      else rest.count -= 1;
      next.push({ share: (share * accuracy) / chance, count: 1 });
      further += count * chance * furtherFrom(next, given + 1);
    }
    return further;
  }
}

function alikeClasses(posterior: readonly number[]): AlikeClasses[] {
  const counts = new Map<number, number>();
  for (const share of posterior) counts.set(share, (counts.get(share) ?? 0) + 1);
  const sorted = [...counts].map(([share, count]) => ({ share, count })).sort((a, b) => b.share - a.share);
  const small = sorted.slice(maxShares);
  if (small.length < 2) return sorted;
  const count = small.reduce((sum, group) => sum + group.count, 0);
  const share = small.reduce((sum, group) => sum + group.share * group.count, 0) / count;
  return [...sorted.slice(0, maxShares), { share, count }];
}
