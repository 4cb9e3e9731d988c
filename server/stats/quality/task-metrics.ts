/**
 * Normalised discounted cumulative gain of one ranked list: Σ (2^rel − 1) / log₂(place + 1) by that of the best order
 * (Burges et al., "Learning to rank using gradient descent", ICML 2005). Null where nothing in it is relevant.
 * @param relevances of what was shown, in the order in which it was shown @param k places that count
 */
export function normalisedGain(relevances: readonly number[], k = relevances.length): number | null {
  const gain = (of: readonly number[]) =>
    of.slice(0, k).reduce((sum, relevance, place) => sum + (2 ** relevance - 1) / Math.log2(place + 2), 0);
  const best = gain(relevances.toSorted((a, b) => b - a));
  return best > 0 ? gain(relevances) / best : null;
}

/** Share of lists in which something among the first k places was clicked. Null without lists. */
export function clickShare(lists: readonly (readonly boolean[])[], k: number): number | null {
  if (lists.length === 0) return null;
  return lists.filter((clicks) => clicks.slice(0, k).some(Boolean)).length / lists.length;
}

/** Words of a transcript that are wrong. */
export interface WordErrors {
  substitutions: number;
  deletions: number;
  insertions: number;
  words: number;
  /** (substitutions + deletions + insertions) / words; can be above 1. Null for an empty truth. */
  rate: number | null;
}

/** Word error rate by the shortest edit of words (Levenshtein). Words are compared without case and punctuation at their ends. */
export function wordErrors(truth: string, transcript: string): WordErrors {
  const [said, heard] = [wordsOf(truth), wordsOf(transcript)];
  let row = heard.map((_, at) => ({ substitutions: 0, deletions: 0, insertions: at + 1 }));
  row.unshift({ substitutions: 0, deletions: 0, insertions: 0 });
  for (const [place, word] of said.entries()) {
    const next = [{ substitutions: 0, deletions: place + 1, insertions: 0 }];
    for (const [at, other] of heard.entries()) {
      const diagonal = row[at] as Edits;
      const swap = word === other ? diagonal : { ...diagonal, substitutions: diagonal.substitutions + 1 };
      const drop = { ...(row[at + 1] as Edits), deletions: (row[at + 1] as Edits).deletions + 1 };
      const put = { ...(next[at] as Edits), insertions: (next[at] as Edits).insertions + 1 };
      next.push([swap, drop, put].reduce((best, one) => (costOf(one) < costOf(best) ? one : best)));
    }
    row = next;
  }
  const edits = row.at(-1) as Edits;
  return { ...edits, words: said.length, rate: said.length > 0 ? costOf(edits) / said.length : null };
}

type Edits = Pick<WordErrors, "substitutions" | "deletions" | "insertions">;

function costOf({ substitutions, deletions, insertions }: Edits): number {
  return substitutions + deletions + insertions;
}

function wordsOf(text: string): string[] {
  const words = text.toLowerCase().split(/\s+/u);
  return words.map((word) => word.replace(/^[\p{P}]+|[\p{P}]+$/gu, "")).filter((word) => word !== "");
}

/** From one moment up to another, in milliseconds since 1970. */
export interface Episode {
  from: number;
  to: number;
}

export interface AnomalyMetrics {
  /** Alarms that fall into an episode or its lead, of all alarms. */
  precision: number | null;
  /** Episodes that some alarm told of, of all. */
  recall: number | null;
  /** Median time by which the first alarm of a found episode came before it, in milliseconds; negative when after. */
  leadMs: number | null;
}

/** How well alarms foretell episodes: an alarm belongs to the episode in whose span, or in the time before it, it is. */
export function anomalyMetrics(
  alarms: readonly number[],
  episodes: readonly Episode[],
  beforeMs: number,
): AnomalyMetrics {
  const belongs = (at: number, { from, to }: Episode) => at >= from - beforeMs && at <= to;
  const hits = alarms.filter((at) => episodes.some((episode) => belongs(at, episode)));
  const leads = episodes
    .flatMap((episode) => {
      const own = alarms.filter((at) => belongs(at, episode));
      return own.length > 0 ? [episode.from - Math.min(...own)] : [];
    })
    .sort((a, b) => a - b);
  const middle = leads.length >> 1;
  return {
    precision: alarms.length > 0 ? hits.length / alarms.length : null,
    recall: episodes.length > 0 ? leads.length / episodes.length : null,
    leadMs:
      leads.length === 0
        ? null
        : leads.length % 2 === 1
          ? (leads[middle] as number)
          : ((leads[middle - 1] as number) + (leads[middle] as number)) / 2,
  };
}
