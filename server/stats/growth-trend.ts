import { median } from "./robust.ts";
import { autocorrelationInflation, type SlopeEstimate, theilSen } from "./theil-sen.ts";

/** A measured value at a time on any clock. */
export interface TimedValue {
  seconds: number;
  value: number;
}

/** The rise of a level over time: slope and its interval in units of the values per hour. */
export interface GrowthTrend extends SlopeEstimate {
  /** Middle value over the time that counts. */
  median: number;
  /** Rise per hour above which growth matters. */
  material: number;
  isGrowing: boolean;
  /** Medians of the blocks that were compared. */
  blocks: number[];
}

/** Share of the time excluded as warm-up, while caches, compiled code and heaps still grow to their working size. */
export const warmUpShare = 0.2;
const blockCount = 24;
const hourlyShare = 0.05;
const measuredShare = 0.03;

/**
 * Tests whether a level, such as memory, grows permanently. The first fifth of the time is excluded; the rest is cut into 24 blocks of
 * equal length, so that peaks and autocorrelation within a block do not count as evidence. The slope is the Theil–Sen slope of the block
 * medians, with an interval widened for the remaining autocorrelation between blocks. The level grows when the 95% interval lies above 0
 * and the slope is relevant: more than 5% of the median per hour, which doubles it within a day, and more than 3% within the counted
 * time, a change that heaps show by filling and being collected. The first limit decides for an hour of data; the second for ten minutes,
 * where it equals 22% per hour, so that short runs find quick leaks only.
 * @param values in chronological order
 * @returns undefined when fewer than eight blocks hold a value
 */
export function growthTrend(values: readonly TimedValue[]): GrowthTrend | undefined {
  const [start, end] = [values[0]?.seconds ?? 0, values.at(-1)?.seconds ?? 0];
  const from = start + warmUpShare * (end - start);
  const length = (end - from) / blockCount;
  const counted = values.filter(({ seconds }) => seconds >= from);
  const indexOf = ({ seconds }: TimedValue) => Math.min(blockCount - 1, Math.floor((seconds - from) / length));
  const blocks = [...Map.groupBy(counted, indexOf)];
  if (!(length > 0) || blocks.length < 8) return undefined;
  const hours = blocks.map(([index]) => ((index + 0.5) * length) / 3600);
  const medians = blocks.map(([, block]) => median(block.map(({ value }) => value)));
  const estimate = theilSen(hours, medians, 0.95, autocorrelationInflation(hours, medians));
  const middle = median(counted.map(({ value }) => value));
  const material = middle * Math.max(hourlyShare, (measuredShare * 3600) / (end - from));
  const isGrowing = estimate.low > 0 && estimate.slope > material;
  return { ...estimate, median: middle, material, isGrowing, blocks: medians };
}
