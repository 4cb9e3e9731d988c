import type { DatasetVersion } from "../contract.ts";
import type { ColumnProfile } from "../profile/contract.ts";
import type { ColumnRule, ContractRules } from "./contract.ts";

/** More different values than this are no list of levels. */
const maxLevels = 20;
/** Integers of so few different values, each there often, are codes rather than amounts. */
const maxCodes = 10;
/** Number of rows below which a column may be unique by chance. */
const fewRows = 20;

/**
 * Proposes rules from a version: its types, ranges a tenth wider than its own and rounded, levels if there are few, required values if
 * none is missing. Someone who knows the data should review them before they take effect.
 */
export function proposeRules(profile: readonly ColumnProfile[]): ContractRules {
  return { columns: profile.map(ruleOf), allowsOtherColumns: true };
}

/** Proposes rules for a version of which a client only reported the schema. */
export function proposeFromSchema(schema: NonNullable<DatasetVersion["schema"]>): ContractRules {
  const columns = schema.map(({ name, type, required }): ColumnRule => {
    const found = kindOfMlflow[type];
    return { ...anything, column: name, type: found ?? null, nullable: !required };
  });
  return { columns, allowsOtherColumns: true };
}

const unlimited = { min: null, max: null, levels: null, pattern: null };
const anything = { required: true, type: null, nullable: true, unique: false, ...unlimited };

const kindOfMlflow: Record<string, ColumnRule["type"]> = {
  boolean: "boolean",
  integer: "integer",
  long: "integer",
  float: "number",
  double: "number",
  datetime: "time",
  string: "text",
};

function ruleOf(column: ColumnProfile): ColumnRule {
  const { name, type, count, missing, distinct, levels, numbers } = column;
  const isUnique = distinct.method === "exact" && count === distinct.count && count >= fewRows && type !== "number";
  const isListed = levels !== null && isListOf(column);
  // Numbers that name rows go on beyond the last one.
  const isAmount = (type === "integer" || type === "number") && !isUnique && !isListed;
  return {
    ...anything,
    column: name,
    type: type === "empty" ? null : type,
    nullable: missing > 0,
    ...(isAmount && numbers && widened(numbers.min, numbers.max, type === "integer")),
    levels: isListed ? levels.map(({ value }) => value).sort() : null,
    unique: isUnique,
  };
}

function isListOf({ type, count, distinct }: ColumnProfile): boolean {
  if (type === "integer") return distinct.count <= maxCodes && count >= distinct.count * maxCodes;
  return (type === "text" || type === "boolean") && distinct.count <= maxLevels && count > distinct.count * 2;
}

/**
 * Widens a range by a tenth on both sides, rounded outwards to two digits of the range, or to integers; non-negative ranges stay
 * non-negative.
 */
export function widened(min: number, max: number, isInteger = false): { min: number; max: number } {
  const span = max - min || Math.abs(max) || 1;
  const digits = 10 ** (Math.floor(Math.log10(span)) - 1);
  const step = isInteger ? Math.max(1, digits) : digits;
  // A billionth of a step is the error of the division, not a digit.
  const low = round(Math.floor((min - span / 10) / step + 1e-9), step);
  const high = round(Math.ceil((max + span / 10) / step - 1e-9), step);
  return { min: min >= 0 ? Math.max(0, low) : low, max: max <= 0 ? Math.min(0, high) : high };
}

/** Rounds steps below 1, which are not exact doubles: 3 × 0.1 must be 0.3. */
function round(steps: number, step: number): number {
  return step >= 1 ? steps * step : steps / Math.round(1 / step);
}
