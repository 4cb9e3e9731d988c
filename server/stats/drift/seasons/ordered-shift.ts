/** By how much a distribution over ordered cells lies above another, and what that leaves. */
export interface OrderedShift {
  /** Rise of the log odds of lying above any edge; 1 is about 0.6 standard deviations of a normal feature. */
  shift: number;
  /** Its information in one row: its variance is 1 / (rows · information). */
  information: number;
  /** The other distribution, moved by the shift. */
  moved: Float64Array;
}

const rounds = 6;
const maxStep = 1.5;
const maxShift = 8;
const minShare = 1e-9;

/**
 * Fits a shift of proportional odds (McCullagh 1980) between two distributions over the same ordered cells, by Fisher scoring. Moves of a
 * location are one number on this scale, however large, where shares of bins bend and saturate.
 * @param expected shares by cell, above 0 @param observed shares of the same cells
 */
export function orderedShift(expected: Float64Array, observed: ArrayLike<number>): OrderedShift {
  const odds = logOddsOf(expected);
  let shift = 0;
  for (let round = 0; round < rounds; round += 1) {
    const { score, information } = scoreAt(odds, observed, shift);
    const step = information > 0 ? score / information : 0;
    shift = Math.max(-maxShift, Math.min(maxShift, shift + Math.max(-maxStep, Math.min(maxStep, step))));
    if (Math.abs(step) < 1e-6) break;
  }
  const moved = new Float64Array(expected.length);
  let below = 0;
  for (let cell = 0; cell < moved.length; cell += 1) {
    const upTo = shareUpTo(odds, cell, shift);
    moved[cell] = Math.max(minShare, upTo - below);
    below = upTo;
  }
  return { shift, information: scoreAt(odds, observed, 0).information, moved };
}

/** Log odds of lying at or below the upper edge of each cell but the last. */
function logOddsOf(shares: Float64Array): Float64Array {
  const odds = new Float64Array(Math.max(0, shares.length - 1));
  let [below, above] = [0, 1];
  for (let cell = 0; cell < odds.length; cell += 1) {
    below += shares[cell] as number;
    above -= shares[cell] as number;
    odds[cell] = Math.log(Math.max(minShare, below) / Math.max(minShare, above));
  }
  return odds;
}

function shareUpTo(odds: Float64Array, cell: number, shift: number): number {
  return cell === odds.length ? 1 : 1 / (1 + Math.exp(shift - (odds[cell] as number)));
}

function scoreAt(odds: Float64Array, observed: ArrayLike<number>, shift: number) {
  let [score, information, below, slopeBelow] = [0, 0, 0, 0];
  for (let cell = 0; cell <= odds.length; cell += 1) {
    const upTo = shareUpTo(odds, cell, shift);
    const slope = -upTo * (1 - upTo);
    const share = Math.max(minShare, upTo - below);
    const change = slope - slopeBelow;
    score += ((observed[cell] as number) * change) / share;
    information += (change * change) / share;
    [below, slopeBelow] = [upTo, slope];
  }
  return { score, information };
}
