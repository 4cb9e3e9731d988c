import { equalBins, scoreEdges } from "#server/stats/estimation/score-grid.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { CategoricalState, FeatureState, NumericState, ScoreState, SpanState } from "./contract.ts";
import { splitScores, toEqualBins } from "./equal-scores.ts";

/** Version of the layout; readers check that they support it. */
export const packedVersion = 1;
export const [numericMark, categoricalMark] = [1, 2];

const [all, one] = [new ByteWriter(), new ByteWriter()];

/**
 * Serialises a span in as few bytes as possible: only non-empty bins, as variable-length integers, each feature after the length of its
 * part, which lets readers skip it. Sums of scores are stored as distances to the middle of their bin, in single precision: off by less
 * than 1e-9 for each score. Scores come first in equal bins, which older releases read, and then once more in the bins that these are split
 * into, which older releases leave unread.
 */
export function packState({ rows, features, scores }: SpanState): Buffer {
  all.clear();
  all.integer(packedVersion);
  all.integer(rows);
  all.integer(features.length);
  for (const feature of features) {
    one.clear();
    if (feature) packFeature(one, feature);
    all.block(one);
  }
  all.integer(scores.size);
  for (const [key, score] of scores) {
    all.text(key);
    packScores(all, toEqualBins(score), (bin) => (bin + 0.5) / equalBins);
  }
  for (const score of scores.values()) packScores(all, splitScores(score), middleOf);
  return all.bytes();
}

function packFeature(writer: ByteWriter, feature: FeatureState): void {
  if (feature.kind === "numeric") packNumeric(writer, feature);
  else packCategorical(writer, feature);
}

function packNumeric(writer: ByteWriter, state: NumericState): void {
  writer.integer(numericMark as number);
  for (const count of [state.count, state.nulls, state.nans, state.posInf, state.negInf]) writer.integer(count);
  for (const count of [state.zeros, state.below, state.above, state.bins.length]) writer.integer(count);
  if (state.count > 0) for (const number of [state.mean, state.m2, state.min, state.max]) writer.double(number);
  writer.sparse(state.bins);
}

function packCategorical(writer: ByteWriter, state: CategoricalState): void {
  writer.integer(categoricalMark as number);
  for (const count of [state.count, state.nulls, state.unseen, state.levels.length]) writer.integer(count);
  writer.sparse(state.levels);
  writer.integer(state.unseenTop.size);
  for (const [level, count] of state.unseenTop) {
    writer.text(level);
    writer.integer(count);
  }
}

function packScores(
  writer: ByteWriter,
  { count, sum, sumSquares }: ScoreState,
  middleOf: (bin: number) => number,
): void {
  writer.sparse(count, (bin) => {
    const [n, s] = [count[bin] as number, sum[bin] as number];
    const middle = middleOf(bin);
    writer.single(s - n * middle);
    writer.single((sumSquares[bin] as number) - 2 * middle * s + n * middle * middle);
  });
}

/** Returns the middle of a bin of scores. */
export function middleOf(bin: number): number {
  return ((scoreEdges[bin] as number) + (scoreEdges[bin + 1] as number)) / 2;
}
