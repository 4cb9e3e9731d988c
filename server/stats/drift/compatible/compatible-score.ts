import { ArgumentError } from "../../argument-error.ts";
import { type CompatibleColumn, momentsOf, type NumericColumn, rowsOf, tableOf } from "./column.ts";
import { fisherExact, goodnessOfFit, gTest, totalVariationTest, twoProportions } from "./contingency-tests.ts";
import { compatibleKl, compatiblePsi, hellingerOfLevels, hellingerOfNumbers, jensenShannon } from "./divergences.ts";
import { empiricalDistances } from "./empirical.ts";
import { evidentlyBins, histogram, pooledRange, sturgesEdges } from "./equal-width.ts";
import { kernelTest } from "./kernel-test.ts";
import { ksPValue } from "./ks-p-value.ts";
import { eppsSingleton, studentT } from "./moment-tests.ts";
import { andersonDarling, cramerVonMises, mannWhitneyLess } from "./rank-tests.ts";

type Side = { reference: CompatibleColumn; current: CompatibleColumn };
type Numbers = { reference: NumericColumn; current: NumericColumn };

interface Method {
  /** Whether the score is a p-value (small means drift) or a distance (large does). */
  score: "p-value" | "distance";
  threshold: number;
  /** Whether a score equal to the threshold is drift. */
  isInclusive: boolean;
  of: (sides: Side) => number;
}

const p = (of: Method["of"], threshold: number, isInclusive = false): Method => ({
  score: "p-value",
  threshold,
  isInclusive,
  of,
});
const distance = (of: Method["of"], isInclusive = true): Method => ({
  score: "distance",
  threshold: 0.1,
  isInclusive,
  of,
});
const numbers =
  (of: (reference: Float64Array, current: Float64Array) => number): Method["of"] =>
  (sides) => {
    const { reference, current } = numeric(sides);
    return of(reference.sorted, current.sorted);
  };
const levels =
  (of: (table: ReturnType<typeof tableOf>) => number): Method["of"] =>
  ({ reference, current }) =>
    of(tableOf(reference, current));

/** Evidently's methods by their names there (0.7.21), with their default thresholds (docs/spec/drift.md section 3.3). */
export const compatibleMethods = {
  ks: p(
    numbers((a, b) => ksPValue(empiricalDistances(a, b).d, a.length, b.length)),
    0.05,
    true,
  ),
  wasserstein: distance(
    numbers((a, b) => empiricalDistances(a, b).wasserstein / Math.max(momentsOf(a).deviation, 0.001)),
  ),
  psi: distance(({ reference, current }) => compatiblePsi(evidentlyBins(reference, current))),
  jensenshannon: distance(({ reference, current }) => jensenShannon(evidentlyBins(reference, current))),
  kl_div: distance(({ reference, current }) => compatibleKl(evidentlyBins(reference, current))),
  hellinger: distance(hellinger),
  chisquare: p(levels(goodnessOfFit), 0.05),
  z: p(levels(twoProportions), 0.05),
  g_test: p(levels(gTest), 0.1),
  mannw: p(numbers(mannWhitneyLess), 0.05),
  anderson: p(numbers(andersonDarling), 0.1),
  cramer_von_mises: p(numbers(cramerVonMises), 0.1, true),
  es: p(
    numbers((a, b) => eppsSingleton(a, b).pValue),
    0.05,
  ),
  ed: distance(
    numbers((a, b) => empiricalDistances(a, b).energy),
    false,
  ),
  t_test: p(numbers(studentT), 0.05),
  TVD: p(
    levels((table) => totalVariationTest(table).pValue),
    0.1,
  ),
  fisher_exact: p(levels(fisherExact), 0.1),
  empirical_mmd: p(
    numbers((a, b) => kernelTest(a, b).pValue),
    0.1,
  ),
} as const satisfies Record<string, Method>;

export type CompatibleMethod = keyof typeof compatibleMethods;

export interface CompatibleScore {
  method: CompatibleMethod;
  kind: "p-value" | "distance";
  score: number;
  threshold: number;
  isDrift: boolean;
}

/**
 * Computes the score that Evidently would print for two cleaned columns, and its verdict at its default threshold or another.
 * @throws ArgumentError when Evidently has none: an empty side, a method that does not fit the column.
 */
export function compatibleScore(
  method: CompatibleMethod,
  reference: CompatibleColumn,
  current: CompatibleColumn,
  threshold: number = compatibleMethods[method].threshold,
): CompatibleScore {
  if (rowsOf(reference) === 0 || rowsOf(current) === 0) throw new ArgumentError("One side has no values.");
  const { score: kind, isInclusive, of }: Method = compatibleMethods[method];
  const score = of({ reference, current });
  const isBeyond = kind === "p-value" ? score < threshold : score > threshold;
  return { method, kind, score, threshold, isDrift: isBeyond || (isInclusive && score === threshold) };
}

function numeric({ reference, current }: Side): Numbers {
  if (reference.type === "numerical" && current.type === "numerical") return { reference, current };
  throw new ArgumentError("This method needs numbers.");
}

function hellinger(sides: Side): number {
  if (sides.reference.type === "categorical") return hellingerOfLevels(tableOf(sides.reference, sides.current));
  const { reference, current } = numeric(sides);
  const distinct = tableOf(reference, current).reference.length;
  const isInteger = reference.isInteger && current.isInteger;
  const edges = sturgesEdges(pooledRange(reference, current), distinct, { isInteger });
  return hellingerOfNumbers({
    edges,
    reference: histogram(reference.sorted, edges),
    current: histogram(current.sorted, edges),
  });
}
