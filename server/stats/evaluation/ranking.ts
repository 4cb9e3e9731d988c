import { ArgumentError } from "../argument-error.ts";
import type { Band } from "../estimation/cell-metrics.ts";
import { wilsonInterval } from "../proportion.ts";
import { meanInterval } from "../student-t.ts";

/** An item of a list, with the score by which the model orders it. */
export interface RankedItem {
  /** How relevant it is, from 0. */
  relevance: number;
  score: number;
}

/** Metrics of one list; null where it has nothing relevant, and all of an empty list. */
export interface ListMetrics {
  /** Gain 2^relevance − 1, items of one score in the order of input. */
  ndcg: number | null;
  /** The same gain, averaged over all orders of items of one score. */
  ndcgTied: number | null;
  /** Gain equal to the relevance, averaged over all orders of items of one score: scikit-learn's. */
  ndcgLinear: number | null;
  /** Mean precision at the relevant items of the whole list. */
  averagePrecision: number | null;
  /** 1 divided by the place of the first relevant item of the whole list. */
  reciprocalRank: number | null;
  /** 1 if a relevant item is among the first k, else 0. */
  hit: number | null;
  /** Relevant items among the first k, divided by k. */
  precision: number | null;
  /** Relevant items among the first k, divided by all relevant ones. */
  recall: number | null;
}

/** 2^1000 is finite, and sums of such gains are. */
const maxRelevance = 1_000;

/**
 * Computes the ranking metrics of one list (Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002; ties averaged
 * by McSherry and Najork, "Computing information retrieval performance measures efficiently in the presence of tied scores", 2008;
 * docs/spec/evaluation.md section 4.1).
 * @param k length of the top of the list, at least 1
 * @throws ArgumentError for a relevance outside of 0 to 1,000, scores that are not finite, or a k that is no whole number above 0
 */
export function rankedList(items: readonly RankedItem[], k: number): ListMetrics {
  if (!(Number.isInteger(k) && k >= 1)) throw new ArgumentError("k must be a whole number above 0.");
  for (const { relevance, score } of items) {
    if (!(relevance >= 0 && relevance <= maxRelevance)) throw new ArgumentError("A relevance must be from 0 to 1,000.");
    if (!Number.isFinite(score)) throw new ArgumentError("Scores must be finite numbers.");
  }
  const sorted = items.toSorted((a, b) => b.score - a.score);
  const relevant = sorted.filter(({ relevance }) => relevance > 0).length;
  const top = sorted.slice(0, k);
  const found = top.filter(({ relevance }) => relevance > 0).length;
  if (items.length === 0 || relevant === 0) {
    const none = items.length === 0 ? null : 0;
    return {
      ndcg: null,
      ndcgTied: null,
      ndcgLinear: null,
      averagePrecision: null,
      reciprocalRank: null,
      hit: none,
      precision: none,
      recall: null,
    };
  }
  let [precisions, before] = [0, 0];
  sorted.forEach(({ relevance }, at) => {
    if (relevance === 0) return;
    before += 1;
    precisions += before / (at + 1);
  });
  return {
    ndcg: gainShare(sorted, k, exponential, false),
    ndcgTied: gainShare(sorted, k, exponential, true),
    ndcgLinear: gainShare(sorted, k, linear, true),
    averagePrecision: precisions / relevant,
    reciprocalRank: 1 / (sorted.findIndex(({ relevance }) => relevance > 0) + 1),
    hit: found > 0 ? 1 : 0,
    precision: found / k,
    recall: found / relevant,
  };
}

type Gain = (relevance: number) => number;
const exponential: Gain = (relevance) => 2 ** relevance - 1;
const linear: Gain = (relevance) => relevance;

/** Computes the discounted gain of the first k places divided by the greatest possible one. */
function gainShare(sorted: readonly RankedItem[], k: number, gain: Gain, isTied: boolean): number {
  const discount = (place: number) => (place < k ? 1 / Math.log2(place + 2) : 0);
  let actual = 0;
  for (let start = 0; start < sorted.length; ) {
    let end = start + 1;
    while (isTied && end < sorted.length && sorted[end]?.score === sorted[start]?.score) end += 1;
    let [gains, discounts] = [0, 0];
    for (let place = start; place < end; place += 1) {
      gains += gain((sorted[place] as RankedItem).relevance);
      discounts += discount(place);
    }
    actual += (gains / (end - start)) * discounts;
    start = end;
  }
  const best = sorted
    .map(({ relevance }) => gain(relevance))
    .sort((a, b) => b - a)
    .reduce((sum, value, place) => sum + value * discount(place), 0);
  return actual / best;
}

/** A mean over lists with its 95% interval; null where no list has a value. */
interface ListMean {
  value: number | null;
  interval: Band | null;
}

/** Means over lists. */
export interface RankingMetrics {
  lists: number;
  /** Lists without anything relevant, which NDCG, average precision, reciprocal rank and recall leave out. */
  withoutRelevant: number;
  mean: Record<keyof ListMetrics, ListMean>;
}

const listMetrics = [
  "ndcg",
  "ndcgTied",
  "ndcgLinear",
  "averagePrecision",
  "reciprocalRank",
  "hit",
  "precision",
  "recall",
] as const satisfies (keyof ListMetrics)[];

/**
 * Computes the mean of each metric over the lists that have one, with Student's t; of hits Wilson's interval. The mean of average
 * precisions is MAP, that of reciprocal ranks MRR, that of hits hit@k (docs/spec/evaluation.md section 4.1).
 * @throws ArgumentError as rankedList
 */
export function rankingMetrics(lists: readonly (readonly RankedItem[])[], k: number): RankingMetrics {
  const each = lists.map((items) => rankedList(items, k));
  const meanOf = (metric: keyof ListMetrics): ListMean => {
    const values = each.map((one) => one[metric]).filter((value) => value !== null);
    const count = values.length;
    if (count === 0) return { value: null, interval: null };
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    if (metric === "hit") return { value: mean, interval: wilsonInterval({ share: mean, count }) };
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const deviation = Math.sqrt(squares / Math.max(1, count - 1));
    const interval = meanInterval({ count, mean, deviation });
    // Means of shares lie between 0 and 1.
    return {
      value: mean,
      interval: interval ? { low: Math.max(0, interval.low), high: Math.min(1, interval.high) } : null,
    };
  };
  return {
    lists: lists.length,
    withoutRelevant: each.filter(({ ndcg }) => ndcg === null).length,
    mean: Object.fromEntries(listMetrics.map((metric) => [metric, meanOf(metric)])) as RankingMetrics["mean"],
  };
}
