/** Units and bad units of a block of time: a minute, or ten seconds. */
export interface Block {
  units: number;
  events: number;
}

/**
 * Sums over pairs of neighbouring blocks of one version, compared with itself: an A/A test. Sums of several times and gateways add up.
 * With x₁ of n₁ and x₂ of n₂ units bad, s = x₁ + x₂ and q = n₁/(n₁ + n₂), the contrast x₁ − q·s of independent units has a variance of
 * s·q·(1−q), whatever the rate, so that slow changes over the day are no bursts.
 */
export interface DispersionSums {
  /** Pairs of blocks with requests. */
  blocks: number;
  /** Pairs with at least one event. */
  pairs: number;
  /** Sum of the squared contrasts, and of the variances that independent units have. */
  squares: number;
  expected: number;
  /** Sum of these variances times the pair's mean number of units per block (harmonic). */
  sized: number;
}

export const noPairs: DispersionSums = { blocks: 0, pairs: 0, squares: 0, expected: 0, sized: 0 };

/** Adds the sums of one pair of neighbouring blocks. An empty block says nothing, and a pair without events only that it was quiet. */
export function withPair(sums: DispersionSums, a: Block, b: Block): DispersionSums {
  const [units, events] = [a.units + b.units, a.events + b.events];
  if (a.units <= 0 || b.units <= 0) return sums;
  if (events <= 0) return { ...sums, blocks: sums.blocks + 1 };
  const q = a.units / units;
  const variance = events * q * (1 - q);
  return {
    blocks: sums.blocks + 1,
    pairs: sums.pairs + 1,
    squares: sums.squares + (a.events - q * events) ** 2,
    expected: sums.expected + variance,
    sized: sums.sized + (variance * 2 * a.units * b.units) / units,
  };
}

/** Returns the sums of consecutive blocks; undefined is a gap, over which no pair reaches. */
export function sumsOf(blocks: readonly (Block | undefined)[]): DispersionSums {
  return blocks.reduce<DispersionSums>((sums, block, index) => {
    const before = blocks[index - 1];
    return block && before ? withPair(sums, before, block) : sums;
  }, noPairs);
}

/** Adds two sums. */
export function addSums(a: DispersionSums, b: DispersionSums): DispersionSums {
  return {
    blocks: a.blocks + b.blocks,
    pairs: a.pairs + b.pairs,
    squares: a.squares + b.squares,
    expected: a.expected + b.expected,
    sized: a.sized + b.sized,
  };
}

/** How much the number of bad units of a version varies beyond that of independent units. */
export interface Dispersion {
  /** Extra variance by the mean that does not depend on the number of units in a block, as of retries: clusters of c give c − 1. */
  clusters: number;
  /** Correlation of units within a minute: a block of n units has an extra variance of n·ρ. */
  rho: number;
  /** Correlation that is assumed on top while few minutes are known. */
  assumed: number;
  /** What is added to n·ρ at the measured block size because of how few pairs were measured. */
  unsure: number;
  /** Mean number of units of the measured minutes; 0 without any. */
  unitsPerMinute: number;
  /** Pairs of minutes with requests. */
  minutes: number;
}

/** Correlation that is assumed before anything was measured; it fades until so many pairs of minutes are known. */
const assumedRho = 0.02;
const knownFrom = 20;
/** Overlapping pairs say less than as many separate ones, and half a pair is assumed without bursts: no record has a deviation of √2. */
const perPair = 3;
const assumedPairs = 1.5;

export interface MeasuredSums {
  /** Over blocks of 10 s, of a minute, and of five minutes. */
  short: DispersionSums;
  minutes: DispersionSums;
  fiveMinutes: DispersionSums;
}

/** Deviations of chance beyond which five minutes are taken to have more dispersion than one. */
const clearDeviations = 2;

/**
 * Estimates the dispersion from pairs of blocks. Clusters, as of retries within seconds, show at 10 s and at a minute alike; bursts of
 * minutes show in proportion to the length. Where only one may be, clusters are assumed, which a small arm has as well. Bursts that last
 * longer hide from neighbouring minutes, which have them both, and show over five.
 */
export function dispersionOf({ short, minutes, fiveMinutes }: MeasuredSums): Dispersion {
  const [inShort, inMinutes] = [excessOf(short), excessOf(minutes)];
  const [shortUnits, unitsPerMinute] = [sizeOf(short), sizeOf(minutes)];
  const slope = unitsPerMinute > shortUnits ? (inMinutes - inShort) / (unitsPerMinute - shortUnits) : 0;
  const rho = short.pairs === 0 && unitsPerMinute > 0 ? inMinutes / unitsPerMinute : slope;
  const kept = Math.max(0, Math.min(rho, unitsPerMinute > 0 ? inMinutes / unitsPerMinute : 0));
  const clusters = Math.max(0, inMinutes - kept * unitsPerMinute);
  const lasting = Math.max(0, lastingExcess(fiveMinutes, inMinutes));
  const deviation = Math.sqrt(perPair / (minutes.pairs + assumedPairs));
  const assumed = assumedRho * Math.max(0, 1 - minutes.blocks / knownFrom);
  return {
    clusters,
    rho: kept + (unitsPerMinute > 0 ? lasting / unitsPerMinute : 0),
    assumed,
    unsure: (1 + Math.max(0, inMinutes)) * deviation,
    unitsPerMinute,
    minutes: minutes.blocks,
  };
}

/** Returns how much more variance blocks of five minutes have than minutes, where that is clearly more than chance; else 0. */
function lastingExcess(fiveMinutes: DispersionSums, inMinutes: number): number {
  const excess = excessOf(fiveMinutes);
  const deviation = (1 + Math.max(0, excess)) * Math.sqrt(perPair / (fiveMinutes.pairs + assumedPairs));
  const more = excess - Math.max(0, inMinutes);
  return more > clearDeviations * deviation ? more : 0;
}

/** Variance beyond that of independent units, by it; negative where there is less. */
function excessOf({ squares, expected }: DispersionSums): number {
  return expected > 0 ? squares / expected - 1 : 0;
}

function sizeOf({ sized, expected }: DispersionSums): number {
  return expected > 0 ? sized / expected : 0;
}

/** Returns the extra variance of the counts of an arm with so many units a minute, by their mean. */
export function spreadAt({ clusters, rho, assumed, unsure, unitsPerMinute }: Dispersion, units: number): number {
  const size = unitsPerMinute > 0 ? units / unitsPerMinute : 1;
  return clusters + (rho + assumed) * units + unsure * Math.min(1, size);
}
