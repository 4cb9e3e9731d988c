import { ArgumentError } from "../argument-error.ts";

/** Error rates on clean and on corrupted inputs, by kind of corruption with rising severity. */
export interface CorruptionErrors {
  clean: number;
  corrupted: Readonly<Record<string, readonly number[]>>;
}

/** How much corruptions cost, compared with a reference version; null where the reference has no errors to compare with. */
export interface RobustnessMetrics {
  /** By kind: Σ errors divided by Σ errors of the reference. */
  ce: Record<string, number | null>;
  /** Mean over the kinds; null if one is. */
  mce: number | null;
  /** The same with the clean error subtracted on both sides. */
  relative: Record<string, number | null>;
  relativeMce: number | null;
  /** By kind: mean accuracy under it divided by the clean accuracy; null where that is 0. */
  retainedByKind: Record<string, number | null>;
  /** Mean accuracy over all kinds and severities divided by the clean accuracy. */
  retained: number | null;
}

/** Sums of errors that differ by less are equal. */
const negligible = 1e-12;

/**
 * Computes the mean corruption error, its relative form, and the retained accuracy (Hendrycks and Dietterich, "Benchmarking neural network
 * robustness to common corruptions and perturbations", 2019; docs/spec/evaluation.md section 10.1).
 * @param reference errors of the version that it is compared with, of the same kinds and severities; null: only what is retained
 * @throws ArgumentError for errors outside of 0 to 1, or kinds and severities that the reference lacks
 */
export function robustnessMetrics(version: CorruptionErrors, reference: CorruptionErrors | null): RobustnessMetrics {
  const kinds = Object.keys(version.corrupted);
  for (const { clean, corrupted } of reference ? [version, reference] : [version]) {
    for (const error of [clean, ...Object.values(corrupted).flat()]) {
      if (!(error >= 0 && error <= 1)) throw new ArgumentError("Error rates must be numbers from 0 to 1.");
    }
  }
  const errorsOf = ({ corrupted }: CorruptionErrors, kind: string) =>
    Object.hasOwn(corrupted, kind) ? (corrupted[kind] as readonly number[]) : [];
  const ratio = (kind: string, isRelative: boolean): number | null => {
    if (!reference) return null;
    const [own, other] = [errorsOf(version, kind), errorsOf(reference, kind)];
    if (own.length !== other.length) throw new ArgumentError(`The reference has other severities of "${kind}".`);
    const [cleanOwn, cleanOther] = isRelative ? [version.clean, reference.clean] : [0, 0];
    const below = other.reduce((sum, error) => sum + error - cleanOther, 0);
    return Math.abs(below) > negligible ? own.reduce((sum, error) => sum + error - cleanOwn, 0) / below : null;
  };
  const byKind = (of: (kind: string) => number | null) => Object.fromEntries(kinds.map((kind) => [kind, of(kind)]));
  const [ce, relative] = [byKind((kind) => ratio(kind, false)), byKind((kind) => ratio(kind, true))];
  const retainedOf = (errors: readonly number[]) =>
    errors.length > 0 && version.clean < 1
      ? errors.reduce((sum, error) => sum + 1 - error, 0) / errors.length / (1 - version.clean)
      : null;
  return {
    ce,
    mce: meanOfAll(Object.values(ce)),
    relative,
    relativeMce: meanOfAll(Object.values(relative)),
    retainedByKind: byKind((kind) => retainedOf(errorsOf(version, kind))),
    retained: retainedOf(kinds.flatMap((kind) => errorsOf(version, kind))),
  };
}

function meanOfAll(values: readonly (number | null)[]): number | null {
  if (values.length === 0 || values.some((value) => value === null)) return null;
  return values.reduce<number>((sum, value) => sum + (value as number), 0) / values.length;
}
