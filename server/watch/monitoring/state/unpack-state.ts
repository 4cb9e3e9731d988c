import { equalBins, scoreBins } from "#server/stats/estimation/score-grid.ts";
import { ByteReader } from "./byte-reader.ts";
import type { FeatureState, ScoreState, SpanState } from "./contract.ts";
import { emptyCategorical, emptyNumeric } from "./empty-state.ts";
import { fromEqualBins } from "./equal-scores.ts";
import { categoricalMark, middleOf, numericMark, packedVersion } from "./pack-state.ts";
import { emptyScores } from "./scores.ts";

interface Wanted {
  /** Indices of the requested features; all if omitted. The others are undefined. */
  features?: ReadonlySet<number> | undefined;
  /** Whether to read scores; defaults to true. */
  scores?: boolean | undefined;
}

/** Unpacks a state from packState. @throws Error for other bytes */
export function unpackState(packed: Buffer, wanted: Wanted = {}): SpanState {
  const reader = new ByteReader(packed);
  const version = reader.integer();
  if (version !== packedVersion) throw new Error(`A packed state is of version ${version}, which is unknown here.`);
  const rows = reader.integer();
  const features: SpanState["features"] = new Array(reader.integer());
  for (let index = 0; index < features.length; index++) {
    const bytes = reader.integer();
    const isWanted = !wanted.features || wanted.features.has(index);
    if (!isWanted) reader.skip(bytes);
    features[index] = bytes > 0 && isWanted ? unpackFeature(reader) : undefined;
  }
  const scores: SpanState["scores"] = new Map();
  if (wanted.scores === false) return { rows, features, scores };
  const middleOfEqual = (bin: number) => (bin + 0.5) / equalBins;
  for (let left = reader.integer(); left > 0; left--) {
    scores.set(reader.text(), unpackScores(reader, equalBins, middleOfEqual));
  }
  for (const [key, equal] of scores) {
    const split = reader.isAtEnd() ? emptyScores() : unpackScores(reader, scoreBins, middleOf);
    scores.set(key, fromEqualBins(equal, split));
  }
  return { rows, features, scores };
}

function unpackFeature(reader: ByteReader): FeatureState {
  const mark = reader.integer();
  if (mark === numericMark) return unpackNumeric(reader);
  if (mark === categoricalMark) return unpackCategorical(reader);
  throw new Error(`A packed state has a feature of kind ${mark}, which is unknown here.`);
}

function unpackNumeric(reader: ByteReader): FeatureState {
  const next = () => reader.integer();
  const counts = { count: next(), nulls: next(), nans: next(), posInf: next(), negInf: next() };
  const more = { zeros: next(), below: next(), above: next() };
  const state = Object.assign(emptyNumeric(next()), counts, more);
  if (state.count > 0) {
    const double = () => reader.double();
    Object.assign(state, { mean: double(), m2: double(), min: double(), max: double() });
  }
  reader.sparse(state.bins);
  return state;
}

function unpackCategorical(reader: ByteReader): FeatureState {
  const counts = { count: reader.integer(), nulls: reader.integer(), unseen: reader.integer() };
  const state = Object.assign(emptyCategorical(reader.integer()), counts);
  reader.sparse(state.levels);
  for (let left = reader.integer(); left > 0; left--) state.unseenTop.set(reader.text(), reader.integer());
  return state;
}

function unpackScores(reader: ByteReader, size: number, middleOf: (bin: number) => number): ScoreState {
  const state = { count: new Float64Array(size), sum: new Float64Array(size), sumSquares: new Float64Array(size) };
  reader.sparse(state.count, (bin, count) => {
    const middle = middleOf(bin);
    const sum = reader.single() + count * middle;
    state.sum[bin] = sum;
    state.sumSquares[bin] = reader.single() + 2 * middle * sum - count * middle * middle;
  });
  return state;
}
