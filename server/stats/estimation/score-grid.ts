/**
 * Bins of scores on [0, 1]: 512 equal ones, those near 0 and 1 split further, since the scores of rare classes lie there: the first and the
 * last into eighths of an octave down to 2⁻²⁰, the next eleven into parts about as narrow in log-odds (docs/spec/drift.md section 11.6).
 */
export const equalBins = 512;

const splitBins = 12;
const perOctave = 8;
const octaves = 11;
/** The lowest bin holds scores below. */
const smallest = 2 ** -20;

/** Number of bins that the equal bin with a distance of `from` from its end of [0, 1] is split into. */
const partsOf = Array.from({ length: splitBins }, (_, from) =>
  from === 0 ? 1 + octaves * perOctave : Math.ceil(perOctave * Math.log2((from + 1) / from) - 1e-9),
);

/** First bin of each equal bin, and one more, which is the number of all bins. */
const firstOf = new Int32Array(equalBins + 1);
for (let equal = 0; equal < equalBins; equal += 1) {
  firstOf[equal + 1] = (firstOf[equal] as number) + (partsOf[Math.min(equal, equalBins - 1 - equal)] ?? 1);
}

/** Number of all bins. */
export const scoreBins = firstOf[equalBins] as number;

/** Edges of the bins from 0 to 1, one more than bins. */
export const scoreEdges = new Float64Array(scoreBins + 1);
for (let equal = 0; equal < equalBins; equal += 1) {
  const { first, end } = binsOfEqual(equal);
  const distance = Math.min(equal, equalBins - 1 - equal);
  for (let part = 0; part < end - first; part += 1) {
    // Parts near 1 mirror those near 0: their lower edge is one less the upper edge of the other.
    const isHigh = equal >= equalBins / 2;
    const edge = isHigh ? 1 - lowEdge(distance, end - first - part) : lowEdge(distance, part);
    scoreEdges[first + part] = edge;
  }
}
scoreEdges[scoreBins] = 1;

/** Returns the edge below a part of an equal bin near 0; the number of parts returns its upper edge. */
function lowEdge(equal: number, part: number): number {
  if (equal === 0) return part === 0 ? 0 : smallest * 2 ** ((part - 1) / perOctave);
  return (equal + part / (partsOf[equal] ?? 1)) / equalBins;
}

/** Returns the bins that an equal bin is split into: from `first` to before `end`. */
export function binsOfEqual(equal: number): { first: number; end: number } {
  return { first: firstOf[equal] as number, end: firstOf[equal + 1] as number };
}

/** Whether an equal bin is split. */
export function isSplit(equal: number): boolean {
  return Math.min(equal, equalBins - 1 - equal) < splitBins;
}

/** Returns the equal bin of a score: the one in [i/512, (i + 1)/512), the last including 1; −1 outside and for NaN. */
export function equalBinOf(score: number): number {
  return score >= 0 && score <= 1 ? Math.min(equalBins - 1, Math.floor(score * equalBins)) : -1;
}

/** Returns the bin of a score; −1 outside of [0, 1] and for NaN. */
export function scoreBinOf(score: number): number {
  const equal = equalBinOf(score);
  if (equal < 0) return -1;
  const first = firstOf[equal] as number;
  const parts = (firstOf[equal + 1] as number) - first;
  if (parts === 1) return first;
  if (equal < splitBins) return first + partOf(equal, score, parts);
  return first + parts - 1 - partOf(equalBins - 1 - equal, 1 - score, parts);
}

function partOf(equal: number, score: number, parts: number): number {
  if (equal > 0) return Math.min(parts - 1, Math.max(0, Math.floor((score * equalBins - equal) * parts)));
  if (score < smallest) return 0;
  return Math.min(parts - 1, 1 + Math.floor(perOctave * Math.log2(score / smallest)));
}

/**
 * Returns the bin in which rows of an equal bin are placed together that were counted before it was split: that of their mean score.
 * @param mean within the equal bin, but for rounding
 */
export function binOfMean(equal: number, mean: number): number {
  const { first, end } = binsOfEqual(equal);
  return Math.min(end - 1, Math.max(first, scoreBinOf(Math.min(1, Math.max(0, mean)))));
}
