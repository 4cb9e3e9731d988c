import { equalBins } from "#server/stats/estimation/score-grid.ts";
import { ByteReader } from "./byte-reader.ts";
import type { FeatureState, ScoreState, SpanState } from "./contract.ts";
import { emptyCategorical, emptyNumeric } from "./empty-state.ts";
import { addEqualBins } from "./equal-scores.ts";
import { mergeInto } from "./merge-states.ts";
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
  const state = { ...unpackFeatures(reader, wanted), scores: new Map() };
  if (wanted.scores !== false) addScores(reader, state.scores);
  return state;
}

/** Adds a packed state to another: like unpackState and mergeInto, without a copy of its scores. @throws Error for other bytes */
export function addPacked(target: SpanState, packed: Buffer, wanted: Wanted): void {
  const reader = new ByteReader(packed);
  mergeInto(target, { ...unpackFeatures(reader, wanted), scores: new Map() });
  if (wanted.scores !== false) addScores(reader, target.scores);
}

function unpackFeatures(reader: ByteReader, wanted: Wanted): Pick<SpanState, "rows" | "features"> {
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
  return { rows, features };
}

const middleOfEqual = (bin: number) => (bin + 0.5) / equalBins;

/** Scores as they are unpacked, before they are added: a list of many endpoints unpacks thousands, and new arrays for each cost more than the rest. */
const unpacked = { equals: [] as ScoreState[], split: emptyScores() };

/** Adds packed scores to those of each key. Those by equal bin come first for all keys, then those by the bins that these are split into. */
function addScores(reader: ByteReader, scores: SpanState["scores"]): void {
  const keys: string[] = [];
  for (let left = reader.integer(); left > 0; left--) {
    keys.push(reader.text());
    const equal = unpacked.equals[keys.length - 1] ?? emptyScores(equalBins);
    unpacked.equals[keys.length - 1] = equal;
    unpackScores(reader, equal, middleOfEqual);
  }
  for (const [index, key] of keys.entries()) {
    clear(unpacked.split);
    if (!reader.isAtEnd()) unpackScores(reader, unpacked.split, middleOf);
    const known = scores.get(key) ?? emptyScores();
    scores.set(key, known);
    addEqualBins(known, unpacked.equals[index] as ScoreState, unpacked.split);
  }
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

function unpackScores(reader: ByteReader, state: ScoreState, middleOf: (bin: number) => number): void {
  clear(state);
  reader.sparse(state.count, (bin, count) => {
    const middle = middleOf(bin);
    const sum = reader.single() + count * middle;
    state.sum[bin] = sum;
    state.sumSquares[bin] = reader.single() + 2 * middle * sum - count * middle * middle;
  });
}

function clear({ count, sum, sumSquares }: ScoreState): void {
  for (const values of [count, sum, sumSquares]) values.fill(0);
}
