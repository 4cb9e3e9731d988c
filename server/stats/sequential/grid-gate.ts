import { logSumExp } from "../log-sum.ts";
import { type ArmSpread, noSpread, widenedFactors } from "./widened-factors.ts";

/** Logarithms of `count` numbers from `from` to `to`, each the same factor larger than the one before. */
function geometricGrid(from: number, to: number, count: number): readonly number[] {
  const step = Math.log(to / from) / (count - 1);
  return Array.from({ length: count }, (_, index) => Math.log(from) + index * step);
}

/** Effects of the abort gate: logarithms of rate ratios beyond the margin, 1.25 to 64. */
export const worseGrid = geometricGrid(1.25, 64, 24);
/** Effects of the safe gate: rate ratios 1/1.1 to 1/4 of the margin. */
export const safeGrid = geometricGrid(1.1, 4, 12).map((effect) => -effect);

/**
 * Computes the share of events that are the canary's when its rate of events is exactly (1 + margin) times the baseline's.
 * @param weight the canary's share of units, 0 to 1. @param margin tolerated relative increase: 0.2 for a fifth more.
 */
export function boundary(weight: number, margin: number): number {
  const canary = weight * (1 + margin);
  return canary / (canary + 1 - weight);
}

/**
 * Test of "the probability of a hit is at most `boundary`" (with the safe grid: at least) for hits and misses that arrive one by one,
 * valid however often it is evaluated: under that hypothesis E ever reaches 1/α with a probability of at most α. E is the mean, over a
 * grid of effects d, of the likelihood ratio against the boundary r: with θ = r·eᵈ / (r·eᵈ + 1 − r), a hit multiplies by θ/r and a
 * miss by (1−θ)/(1−r), each a supermartingale (Ville's inequality). r may change at any time if it is known before the event. Only
 * sums matter: events may be added singly, in batches and in any order that keeps them with their r.
 * Hits are canary events, or bad predictions of one arm, or pairs that only the candidate got wrong.
 */
export class GridGate {
  /** ln E of each effect. */
  private readonly logs: Float64Array;
  /** The largest ln E so far, after any `add`: the verdict is whether E has ever reached 1/α. */
  maxLogE = 0;
  private readonly effects: readonly number[];

  constructor(effects: readonly number[]) {
    this.effects = effects;
    this.logs = new Float64Array(effects.length);
  }

  /**
   * Adds hits and misses. @param boundary at 0 or 1, as with a weight of 0 or 1, events carry no information and are ignored.
   * @param spread dispersion of hits and misses beyond that of independent ones
   */
  add(hits: number, misses: number, boundary: number, spread: ArmSpread = noSpread): void {
    // The mean of the effects' E is at most the largest, so most events need no exponentials.
    if (this.addOnly(hits, misses, boundary, spread) > this.maxLogE) this.maxLogE = Math.max(this.maxLogE, this.logE());
  }

  /** Adds without keeping the maximum. @returns an upper limit of ln E. */
  addOnly(hits: number, misses: number, boundary: number, spread: ArmSpread = noSpread): number {
    if (!(boundary > 0 && boundary < 1)) return this.addOnly(0, 0, 0.5);
    const { logs, effects } = this;
    const factors = factorsOf(effects, boundary, spread);
    let largest = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < logs.length; index += 1) {
      const log =
        (logs[index] as number) + hits * (factors.hit[index] as number) + misses * (factors.miss[index] as number);
      logs[index] = log;
      if (log > largest) largest = log;
    }
    return largest;
  }

  /** Limits evaluation to a threshold, for simulations that only check whether it is reached: values below it are not computed. */
  onlyFrom(line: number): this {
    this.maxLogE = justBelow(line);
    return this;
  }

  /** Returns ln E now; 0 before anything was added. */
  logE(): number {
    return logSumExp(this.logs) - Math.log(this.logs.length);
  }
}

/** Returns a maximum just below a threshold. */
export function justBelow(line: number): number {
  return line - 1e-9;
}

interface Factors {
  boundary: number;
  spread: ArmSpread;
  hit: Float64Array;
  miss: Float64Array;
}

const known = new Map<readonly number[], Map<string, Factors>>();
/** The last ones of each grid: most events come with the boundary and spread of the event before. */
const latest = new Map<readonly number[], Factors>();
/** Weights are few; a rule that moves them all the time must not fill the memory. */
const maxBoundaries = 1000;

/** Returns what a hit and a miss add to ln E of every effect. */
function factorsOf(effects: readonly number[], boundary: number, spread: ArmSpread): Factors {
  const last = latest.get(effects);
  if (last?.boundary === boundary && last.spread.hits === spread.hits && last.spread.misses === spread.misses)
    return last;
  const ofEffects = known.get(effects) ?? new Map<string, Factors>();
  known.set(effects, ofEffects);
  const key = `${boundary} ${spread.hits} ${spread.misses}`;
  let factors = ofEffects.get(key);
  if (!factors) {
    if (ofEffects.size >= maxBoundaries) ofEffects.clear();
    const each = effects.map((effect) => widenedFactors(effect, boundary, spread));
    factors = {
      boundary,
      spread,
      hit: Float64Array.from(each, ({ hit }) => hit),
      miss: Float64Array.from(each, ({ miss }) => miss),
    };
    ofEffects.set(key, factors);
  }
  latest.set(effects, factors);
  return factors;
}
