import { chiSquareQuantile, chiSquareTail } from "../../chi-square.ts";
import { type Random, seededRandom } from "../../random.ts";
import { binomialFrom } from "../../random-counts.ts";
import { gammaFrom } from "../../random-gamma.ts";
import { psiScale, total } from "./calibrated-test.ts";
import { smoothedPsi } from "./distances.ts";

/** A window over a continuous feature: so many reference rows in so many bins of equal share, so many rows. */
export interface ContinuousWindow {
  referenceRows: number;
  rows: number;
  bins: number;
}

/** Number of draws for each window size: a rate of 5% is then known to 0.1 points. */
const draws = 40_000;
/** Share of the draws that is stored: larger p-values are never needed. */
const tailShare = 0.3;
const maxStored = 128;

const kept = new Map<string, Float64Array>();

/**
 * Simulates the null distribution of PSI for a continuous feature, whatever its distribution (docs/spec/drift.md section 6.6): bins
 * cut at the reference's own quantiles have probabilities made of spacings of order statistics (Dirichlet), and the counts of the
 * window are multinomial on them. Cached by window size, since it depends on nothing else; sizes from 200 on are rounded to two
 * digits.
 * @returns the largest values of T = PSI / (1/n + 1/m) of 40,000 draws, ascending.
 */
function tailOf(window: ContinuousWindow): Float64Array {
  const rounded = { ...window, referenceRows: rough(window.referenceRows), rows: rough(window.rows) };
  const key = `${rounded.referenceRows} ${rounded.rows} ${rounded.bins}`;
  const found = kept.get(key);
  if (found) return found;
  const values = simulatedPsi(rounded, draws, seededRandom(1)).sort();
  const tail = values.slice(Math.floor(draws * (1 - tailShare)));
  if (kept.size >= maxStored) kept.delete(kept.keys().next().value ?? "");
  kept.set(key, tail);
  return tail;
}

/** Beyond so many of the largest draws the tail goes on like that of a chi-square. */
const extended = 50;

/** Returns the value of T that α of windows without drift exceed. @param alpha at most 0.3 */
export function continuousLine(window: ContinuousWindow, alpha: number): number {
  const tail = tailOf(window);
  const rank = Math.floor(alpha * (draws + 1));
  if (rank >= extended) return tail[tail.length - rank] as number;
  const { edge, share, degrees } = edgeOf(tail, window);
  return chiSquareQuantile((alpha * chiSquareTail(edge, degrees)) / share, degrees);
}

/** Returns the probability of T or more without drift; undefined above 0.3, where it has no effect. */
export function continuousPValue(window: ContinuousWindow, t: number): number | undefined {
  const tail = tailOf(window);
  if (t < (tail[0] as number)) return undefined;
  const { edge, share, degrees } = edgeOf(tail, window);
  if (t > edge) return (share * chiSquareTail(t, degrees)) / chiSquareTail(edge, degrees);
  let [low, high] = [0, tail.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tail[middle] as number) < t) low = middle + 1;
    else high = middle;
  }
  return (1 + tail.length - low) / (draws + 1);
}

/** Returns the value at the end of the dense part of the draws, and the share of draws from there on. */
function edgeOf(tail: Float64Array, { bins }: ContinuousWindow) {
  return { edge: tail[tail.length - extended] as number, share: extended / (draws + 1), degrees: bins - 1 };
}

/**
 * Simulates values of T = PSI / (1/n + 1/m) for windows without drift. The n reference values cut the probability into n + 1 spacings
 * (exponential, normalised); an edge interpolated between two values lies within a spacing and divides it.
 */
function simulatedPsi({ referenceRows: n, rows, bins }: ContinuousWindow, count: number, random: Random) {
  const edges = Array.from({ length: bins - 1 }, (_, index) => ((n - 1) * storedEnd(index + 1, bins)) / 512);
  const reference = edges.map((edge, index) => Math.floor(edge) - Math.floor(edges[index - 1] ?? -1));
  reference.push(n - 1 - Math.floor(edges.at(-1) ?? -1));
  const shapes = reference.map((own, bin) => own - (bin > 0 && bin < bins - 1 ? 1 : 0));
  const masses = shapes.slice();
  const current = shapes.slice();
  const scale = psiScale(n, rows);
  const values = new Float64Array(count);
  for (let draw = 0; draw < count; draw += 1) {
    for (let bin = 0; bin < bins; bin += 1) masses[bin] = gammaFrom(shapes[bin] as number, random);
    for (let edge = 0; edge < bins - 1; edge += 1) {
      const spacing = -Math.log(1 - random());
      const below = (edges[edge] as number) % 1;
      masses[edge] = (masses[edge] as number) + below * spacing;
      masses[edge + 1] = (masses[edge + 1] as number) + (1 - below) * spacing;
    }
    drawCounts(current, { masses, rows, random });
    values[draw] = smoothedPsi(reference, current) / scale;
  }
  return values;
}

/** Returns the stored bin after which a decision bin ends: see decisionBins. */
function storedEnd(bin: number, bins: number): number {
  return Math.round((512 * bin) / bins);
}

function drawCounts(
  counts: number[],
  { masses, rows, random }: { masses: number[]; rows: number; random: Random },
): void {
  let [left, rest] = [rows, total(masses)];
  for (let bin = 0; bin < masses.length; bin += 1) {
    const own = masses[bin] as number;
    const hits = bin === masses.length - 1 ? left : binomialFrom(left, Math.min(1, own / rest), random);
    counts[bin] = hits;
    left -= hits;
    rest -= own;
  }
}

function rough(count: number): number {
  if (count < 200) return count;
  const unit = 10 ** (Math.floor(Math.log10(count)) - 1);
  return Math.round(count / unit) * unit;
}
