import { normalFrom, type Random } from "./random.ts";

/** Draws from a gamma distribution with mean `shape` (Marsaglia & Tsang, "A simple method for generating gamma variables", 2000). */
function gammaFrom(shape: number, random: Random): number {
  if (shape < 1) return gammaFrom(shape + 1, random) * random() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normalFrom(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Draws the rate of one block, from a beta distribution: counts then have a correlation of `rho` within the block. */
export function burstRate(mean: number, rho: number, random: Random): number {
  if (rho <= 0 || mean <= 0 || mean >= 1) return Math.min(1, mean);
  const scale = 1 / rho - 1;
  const [bad, good] = [gammaFrom(mean * scale, random), gammaFrom((1 - mean) * scale, random)];
  return bad + good > 0 ? bad / (bad + good) : 0;
}
