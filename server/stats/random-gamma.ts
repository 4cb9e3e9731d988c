import { ArgumentError } from "./argument-error.ts";
import { normalFrom, type Random } from "./random.ts";

/**
 * Draws a value of the gamma distribution with scale 1 (Marsaglia and Tsang, "A simple method for generating gamma variables", 2000).
 * @param shape above 0. @throws ArgumentError for others
 */
export function gammaFrom(shape: number, random: Random): number {
  if (!(shape > 0 && shape < Number.POSITIVE_INFINITY)) throw new ArgumentError("A shape must be above 0.");
  if (shape < 1) return gammaFrom(shape + 1, random) * (1 - random()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normalFrom(random);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = 1 - random();
    if (u < 1 - 0.0331 * x ** 4 || Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
  }
}
