import { ByteWriter } from "./byte-writer.ts";
import {
  type CategoricalState,
  type FeatureState,
  type NumericState,
  type ScoreState,
  type SpanState,
  scoreBins,
} from "./contract.ts";

/** Version of the layout; readers check that they support it. */
export const packedVersion = 1;
export const [numericMark, categoricalMark] = [1, 2];

const [all, one] = [new ByteWriter(), new ByteWriter()];

/**
 * Serialises a span in as few bytes as possible: only non-empty bins, as variable-length integers, each feature after the length of its
 * part, which lets readers skip it. Sums of scores are stored as distances to the middle of their bin, in single precision: off by less
 * than 1e-9 for each score.
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
    packScores(all, score);
  }
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

function packScores(writer: ByteWriter, { count, sum, sumSquares }: ScoreState): void {
  writer.sparse(count, (bin) => {
    const [n, s] = [count[bin] as number, sum[bin] as number];
    const middle = (bin + 0.5) / scoreBins;
    writer.single(s - n * middle);
    writer.single((sumSquares[bin] as number) - 2 * middle * s + n * middle * middle);
  });
}
