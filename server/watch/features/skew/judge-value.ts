import type { FeatureType, StoreValue } from "#server/develop/features/contract.ts";
import { ageOf, isTooOld } from "#server/develop/features/look-up/judge-row.ts";
import { ValueProblem } from "#server/develop/features/values/convert-value.ts";
import type { ServedFeature, ServedRow } from "#server/serve/features/contract.ts";
import type { SkewCause, SkewComparison } from "./contract.ts";
import { areEqualValues, finiteNumber, withoutEmpty } from "./equal-values.ts";

/** Time after which a row that has arrived is visible to every look-up, in microseconds. */
export const visibleAfterUs = 1_000_000;

/** A row of a view's history. Times are microseconds since 1970. */
export interface HistoryRow {
  /** Order of writing. */
  id: bigint;
  /** Version of the schema that it was written by. */
  version: number;
  eventAt: number;
  createdAt: number;
  arrivedAt: number;
  /** Whether look-ups were to find it: it was not written for the history alone. */
  isOnline: boolean;
  /** By feature of the version that was served. */
  values: Map<string, StoreValue>;
}

/** One look-up of one key, with what the history has for it. */
export interface RecomputedLookUp {
  servedAt: number;
  served: Pick<ServedRow, "eventAt" | "createdAt">;
  /**
   * The rows that the store may have served: what had arrived a second before, null for nothing, and then each newer row that arrived until a
   * second after. Undefined where that cannot be told.
   */
  known: readonly (HistoryRow | null)[] | undefined;
  /** The row that is true for that moment by what is known today; null for none. Undefined before late rows had time to arrive. */
  truth: HistoryRow | null | undefined;
  /** Rows of the history with the times of the one that was served, in the order of writing. */
  same: readonly HistoryRow[];
  /** Greatest age; null for no limit. */
  ttlUs: number | null;
  /** Whether the limit may have been another one when it was served. */
  isTtlNew: boolean;
}

/** A feature of the served version. */
export interface ComparedFeature {
  name: string;
  type: FeatureType;
  /** Versions of the view that have it with this type. */
  versions: ReadonlySet<number>;
  isExpression: boolean;
}

/** A value as the model got it, of the feature's type. */
export interface ServedValue {
  value: StoreValue | ValueProblem;
  status: ServedFeature["statuses"][number];
  source: ServedFeature["sources"][number];
  /** What an expression gives without a row; null for what is stored. */
  withoutRow: StoreValue;
}

export interface ValueVerdict {
  comparison: SkewComparison;
  /** Why they differ; null if they do not. */
  cause: SkewCause | null;
  isMissing: boolean;
  isExtra: boolean;
  /** |a − b| and |a| + |b| of two numbers; 0 otherwise. */
  difference: number;
  magnitude: number;
}

/**
 * Compares one served value with what the history gives: what had arrived a second before, and what is true by what is known today
 * (docs/spec/features.md section 18). A value that the request brought tells nothing of the store; where it is another one, that is said.
 * @returns a verdict for each comparison that can be made
 */
export function judgeServedValue(
  feature: ComparedFeature,
  served: ServedValue,
  lookUp: RecomputedLookUp,
): ValueVerdict[] {
  const verdicts: ValueVerdict[] = [];
  const known = judgeKnown(feature, served, lookUp);
  if (known) verdicts.push(known);
  if (lookUp.truth !== undefined) {
    const given = givenValue(served);
    const expected = valueIn(feature, lookUp.truth, served);
    const isEqual = isEqualTo(feature, given, expected);
    const cause = isEqual ? null : causeOf(feature, served, lookUp, lookUp.truth);
    verdicts.push(verdictOf(feature, "true", cause, given, expected));
  }
  return served.source === "request" ? verdicts.filter(({ cause }) => cause !== null) : verdicts;
}

function judgeKnown(feature: ComparedFeature, served: ServedValue, lookUp: RecomputedLookUp): ValueVerdict | undefined {
  const { known } = lookUp;
  const first = known?.[0];
  if (!known || first === undefined) return undefined;
  const given = givenValue(served);
  const isKept = served.status === "OUTSIDE_MAX_AGE" && given !== null;
  // A value beyond its limit that was served nevertheless: rows so old are not read.
  if (isKept && first === null && served.source !== "request") return undefined;
  const isEqual = known.some((row) =>
    acceptable(feature, row, served, lookUp).some((value) => isEqualTo(feature, given, value)),
  );
  const [expected = null] = acceptable(feature, first, served, lookUp);
  const cause = isEqual ? null : causeOf(feature, served, lookUp, first);
  return verdictOf(feature, "known", cause, given, expected);
}

/** The values with which the store may have answered if it had this row; the most likely first. */
function acceptable(
  feature: ComparedFeature,
  row: HistoryRow | null,
  served: ServedValue,
  { servedAt, ttlUs, isTtlNew }: RecomputedLookUp,
): StoreValue[] {
  const value = valueIn(feature, row, served);
  if (row === null) return [value];
  const tooOld = isTooOld(ageOf(row.eventAt, servedAt), ttlUs);
  // Nobody knows the limit of that time: the status tells.
  if (isTtlNew) return served.status === "OUTSIDE_MAX_AGE" ? [served.withoutRow, value] : [value];
  if (!tooOld) return [value];
  // A view or a pipeline may serve a value beside the status that it is too old.
  return served.status === "OUTSIDE_MAX_AGE" || feature.isExpression ? [served.withoutRow, value] : [served.withoutRow];
}

/** What the store gave: the default that took the place of a missing value is not its own. */
function givenValue({ value, source }: ServedValue): StoreValue | ValueProblem {
  if (source === "imputed") return null;
  return value instanceof ValueProblem ? value : withoutEmpty(value);
}

function valueIn({ name }: ComparedFeature, row: HistoryRow | null, { withoutRow }: ServedValue): StoreValue {
  return withoutEmpty(row === null ? withoutRow : (row.values.get(name) ?? null));
}

function isEqualTo({ type }: ComparedFeature, given: StoreValue | ValueProblem, expected: StoreValue): boolean {
  return !(given instanceof ValueProblem) && areEqualValues(type, given, expected);
}

function verdictOf(
  { type }: ComparedFeature,
  comparison: SkewComparison,
  cause: SkewCause | null,
  given: StoreValue | ValueProblem,
  expected: StoreValue,
): ValueVerdict {
  const a = given instanceof ValueProblem ? undefined : finiteNumber(type, given);
  const b = finiteNumber(type, expected);
  const areNumbers = a !== undefined && b !== undefined;
  return {
    comparison,
    cause,
    isMissing: cause !== null && given === null,
    isExtra: cause !== null && given !== null && expected === null,
    difference: areNumbers ? Math.abs(a - b) : 0,
    magnitude: areNumbers ? Math.abs(a) + Math.abs(b) : 0,
  };
}

/**
 * Finds why a served value differs from that of a row: the first cause that holds, in the order of docs/spec/features.md section 18.3.
 * @param row the row that is recomputed; null for none
 */
function causeOf(
  feature: ComparedFeature,
  served: ServedValue,
  lookUp: RecomputedLookUp,
  row: HistoryRow | null,
): SkewCause {
  const { servedAt, ttlUs } = lookUp;
  const { eventAt } = lookUp.served;
  const own = lookUp.same.at(-1);
  const lacks = (one: HistoryRow | null | undefined) => one && !feature.versions.has(one.version);
  if (served.source === "request") return "request";
  if (lacks(row) || lacks(own)) return "version";
  if (isStaleCopy(feature, served, lookUp)) return "stale copy";
  if (row !== null && row.arrivedAt > servedAt - visibleAfterUs) return row.eventAt === eventAt ? "corrected" : "late";
  const isServedTooOld = eventAt !== null && isTooOld(ageOf(eventAt, servedAt), ttlUs);
  if (served.status === "OUTSIDE_MAX_AGE" || isServedTooOld) return "expired";
  if (eventAt !== null && eventAt > servedAt) return "clock ahead";
  if (row !== null && !row.isOnline) return "history only";
  if (feature.isExpression && row !== null && row.eventAt === eventAt) return "expression";
  return "unknown";
}

/** Whether the store had a newer row for a second when it served, or had written one of the same times again. */
function isStaleCopy(feature: ComparedFeature, served: ServedValue, { known, served: row, same }: RecomputedLookUp) {
  const first = known?.[0];
  if (!first) return false;
  if (row.eventAt === null || row.createdAt === null) return served.status === "NOT_FOUND";
  if (row.eventAt !== first.eventAt) return row.eventAt < first.eventAt;
  if (row.createdAt !== first.createdAt) return row.createdAt < first.createdAt;
  const given = givenValue(served);
  return same.some((one) => one.id < first.id && isEqualTo(feature, given, valueIn(feature, one, served)));
}
