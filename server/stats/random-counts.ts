import { ArgumentError } from "./argument-error.ts";
import { logGamma } from "./gamma.ts";
import type { Random } from "./random.ts";

/** From here on draws by rejection are quicker than counting. */
const many = 10;

/**
 * Draws a Poisson count: by products of uniform numbers for small means (Knuth), else by transformed rejection (Hörmann, "The
 * transformed rejection method for generating Poisson random variables", 1993), in constant time.
 * @param mean at least 0. @throws ArgumentError for others
 */
export function poissonFrom(mean: number, random: Random): number {
  if (!(mean >= 0 && mean < Number.POSITIVE_INFINITY)) throw new ArgumentError("A mean must be at least 0.");
  if (mean >= many) return largePoisson(mean, random);
  const end = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > end; product *= random()) count += 1;
  return count;
}

function largePoisson(mean: number, random: Random): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const scale = 1.1239 + 1.1328 / (b - 3.4);
  for (;;) {
    const u = random() - 0.5;
    const v = 1 - random();
    const edge = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / edge + b) * u + mean + 0.43);
    if (edge >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2)) return count;
    if (count < 0 || (edge < 0.013 && v > edge)) continue;
    const chance = count * Math.log(mean) - mean - logGamma(count + 1);
    if (Math.log((v * scale) / (a / (edge * edge) + b)) <= chance) return count;
  }
}

/**
 * Draws how many of `count` independent units are hit, each with a probability of `share`: by geometric steps from hit to hit when few
 * hits are expected, else by transformed rejection (Hörmann, "The generation of binomial random variates", 1993).
 * @param count from 0 to 2^53. @param share from 0 to 1. @throws ArgumentError for others
 */
export function binomialFrom(count: number, share: number, random: Random): number {
  if (!(count >= 0 && count <= Number.MAX_SAFE_INTEGER + 1 && share >= 0 && share <= 1)) {
    throw new ArgumentError("A count must be from 0 to 2^53, and a share from 0 to 1.");
  }
  if (share > 0.5) return count - binomialFrom(count, 1 - share, random);
  if (count === 0 || share === 0) return 0;
  if (count * share >= many) return largeBinomial(count, share, random);
  const miss = Math.log1p(-share);
  let hits = 0;
  for (let at = Math.log(1 - random()) / miss; at < count; at += 1 + Math.floor(Math.log(1 - random()) / miss)) {
    at = Math.floor(at);
    hits += 1;
  }
  return hits;
}

function largeBinomial(count: number, share: number, random: Random): number {
  const spread = Math.sqrt(count * share * (1 - share));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * share;
  const scale = (2.83 + 5.1 / b) * spread;
  const mode = Math.floor((count + 1) * share);
  const logOdds = Math.log(share / (1 - share));
  const atMode = logGamma(mode + 1) + logGamma(count - mode + 1);
  for (;;) {
    const u = random() - 0.5;
    const v = 1 - random();
    const edge = 0.5 - Math.abs(u);
    const hits = Math.floor(((2 * a) / edge + b) * u + count * share + 0.5);
    if (edge >= 0.07 && v <= 0.92 - 4.2 / b) return hits;
    if (hits < 0 || hits > count) continue;
    const chance = atMode - logGamma(hits + 1) - logGamma(count - hits + 1) + (hits - mode) * logOdds;
    if (Math.log((v * scale) / (a / (edge * edge) + b)) <= chance) return hits;
  }
}
