import { formatCount, percent } from "#server/base/format-number.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import type { SkewResult } from "./contract.ts";

export type Field = string | number | boolean | null;

/** The fields of one row by feature. */
export type Fields = ReadonlyMap<string, Field>;

interface Tolerances {
  absoluteTolerance: number;
  relativeTolerance: number;
}

/**
 * Whether a served field differs from the recomputed one (docs/spec/drift.md section 10): only one is missing, categories differ, or |a −
 * b| > max(absolute, relative·|b|). Files have no types of their own: "3" is 3, and NaN is missing.
 */
export function isSkewed(served: Field, recomputed: Field, tolerances: Tolerances): boolean {
  const [a, b] = [plain(served), plain(recomputed)];
  if (a === null || b === null) return a !== b;
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x === null || y === null) return String(a) !== String(b);
  return Math.abs(x - y) > Math.max(tolerances.absoluteTolerance, tolerances.relativeTolerance * Math.abs(y));
}

const maxExamples = 10;

/** Compares served rows with recomputed ones of the same key, feature by feature. Rows without a twin are counted and left out. */
export class SkewTally {
  private served = 0;
  private matched = 0;
  private readonly features = new Map<
    string,
    { compared: number; bad: { key: string; served: Field; recomputed: Field }[]; count: number }
  >();
  private readonly tolerances: Tolerances;

  constructor(tolerances: Tolerances) {
    this.tolerances = tolerances;
  }

  add(key: string, served: Fields, recomputed: Fields | undefined): void {
    this.served += 1;
    if (!recomputed) return;
    this.matched += 1;
    for (const [feature, value] of served) {
      if (!recomputed.has(feature)) continue;
      const other = recomputed.get(feature) ?? null;
      const known = this.features.get(feature) ?? { compared: 0, bad: [], count: 0 };
      this.features.set(feature, known);
      known.compared += 1;
      if (!isSkewed(value, other, this.tolerances)) continue;
      known.count += 1;
      if (known.bad.length < maxExamples) known.bad.push({ key, served: value, recomputed: other });
    }
  }

  result(): SkewResult {
    const features = [...this.features].map(([feature, { compared, count, bad }]) => ({
      feature,
      compared,
      disagreeing: count,
      share: count / compared,
      examples: bad,
      interval: wilsonInterval({ share: count / compared, count: compared }),
    }));
    features.sort((a, b) => b.share - a.share || a.feature.localeCompare(b.feature));
    return { served: this.served, matched: this.matched, features, words: this.words(features) };
  }

  private words(features: SkewResult["features"]): string {
    const worst = features[0];
    if (!worst) return `None of ${formatCount(this.served)} served requests matches a dataset row: check the keys.`;
    const of = `${formatCount(this.matched)} of ${formatCount(this.served)} served requests match a dataset row`;
    if (worst.disagreeing === 0) return `Served and expected features are identical; ${of}.`;
    return `"${worst.feature}" was served with a different value in ${percent(worst.share)} of ${formatCount(worst.compared)} rows; ${of}.`;
  }
}

function plain(field: Field): Exclude<Field, null> | null {
  return field === null || field === "" || (typeof field === "number" && Number.isNaN(field)) ? null : field;
}

function numberOf(field: Exclude<Field, null>): number | null {
  if (typeof field === "number") return field;
  if (typeof field === "boolean") return field ? 1 : 0;
  if (field === "true" || field === "false") return field === "true" ? 1 : 0;
  const number = Number(field);
  return field.trim() === "" || Number.isNaN(number) ? null : number;
}
