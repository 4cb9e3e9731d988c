import type { StoreValue } from "#server/develop/features/contract.ts";
import type { FoundFeature } from "#server/develop/features/pinned/answer-pinned.ts";
import type { Datatype } from "#server/develop/registry/onnx/contract.ts";
import type { FeaturesPart } from "#server/develop/registry/pipeline/features-part.ts";
import { fitsDatatype } from "#server/develop/registry/pipeline/fits-datatype.ts";
import type { ValueSource } from "../contract.ts";

/**
 * Why a value does not count: too old, null or not there in time, its key was never written, or the datatype cannot have it, as 1e300 in FP32: the
 * policy for missing values decides on that too.
 */
type ValueLack = "stale" | "missing" | "unknown" | "misfit";

/** JSON cell as requests have it. */
export type Cell = number | string | boolean;

/** What a version gets for one feature, by row. */
export interface DecidedValues {
  cells: Cell[];
  sources: ValueSource[];
  /** The first value for which the policy refuses the request. */
  refused: { lack: ValueLack; row: number; hasNoDefault: boolean } | undefined;
}

interface Decision {
  policy: FeaturesPart["policy"];
  datatype: Datatype;
  /** Returns what takes the place of a value that does not count. */
  imputed: () => Cell | undefined;
}

/**
 * Decides by policy what takes the place of values that do not count (docs/spec/features.md section 11.3).
 * @param found undefined if nothing was found in time, or its view is no longer there
 */
export function decideValues(found: FoundFeature | undefined, rows: number, decision: Decision): DecidedValues {
  const { policy, datatype, imputed } = decision;
  const decided: DecidedValues = { cells: new Array(rows), sources: new Array(rows), refused: undefined };
  for (let row = 0; row < rows; row += 1) {
    const value = found?.values[row] ?? null;
    const asFound = lackOf(found, row);
    const isUsed = asFound === undefined || policy[asFound] === "flag";
    const cell = cellOf(value, datatype);
    const isMisfit = isUsed && value !== null && cell === undefined;
    const lack = isMisfit ? "misfit" : asFound;
    const chosen = lack && policy[lack === "misfit" ? "missing" : lack];
    const instead = chosen === "impute" ? imputed() : undefined;
    if (instead !== undefined) {
      decided.cells[row] = instead;
      decided.sources[row] = "imputed";
      continue;
    }
    const passes = isMisfit ? cellOf(null, datatype) : cell;
    if (chosen === "reject" || chosen === "impute" || passes === undefined) {
      decided.refused ??= { lack: lack ?? "missing", row, hasNoDefault: chosen === "impute" };
    }
    decided.cells[row] = passes ?? 0;
    decided.sources[row] = "store";
  }
  return decided;
}

/** Returns why a value does not count; undefined if it does. */
function lackOf(found: FoundFeature | undefined, row: number): Exclude<ValueLack, "misfit"> | undefined {
  if (!found) return "missing";
  const status = found.statuses[row];
  // A computed value may need no row.
  if (status === "PRESENT") return undefined;
  if (found.view.sources[row] === undefined) return "missing";
  if (status === "NOT_FOUND") return "unknown";
  return status === "OUTSIDE_MAX_AGE" ? "stale" : "missing";
}

/** Returns a stored value as a request has it; undefined if the datatype has nothing for it. */
function cellOf(value: StoreValue, datatype: Datatype): Cell | undefined {
  const isFloat = datatype === "FP32" || datatype === "FP64";
  if (value === null) return isFloat ? "NaN" : datatype === "BYTES" ? "" : undefined;
  if (typeof value === "bigint") {
    if (isFloat || datatype === "INT32") return Number(value);
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value !== "number" && typeof value !== "boolean" && typeof value !== "string") return undefined;
  return fitsDatatype(value, datatype) ? value : undefined;
}

/** Returns the typical value of a reference as a datatype has it; undefined where it has none. */
export function typicalCell(value: number | string | undefined, datatype: Datatype): Cell | undefined {
  if (value === undefined) return undefined;
  if (datatype === "BYTES") return String(value);
  if (datatype === "BOOL") return value === "true" || value === "1" || value === 1;
  const number = Number(value);
  if (!Number.isFinite(number)) return undefined;
  return datatype === "INT32" || datatype === "INT64" ? Math.round(number) : number;
}
