import {
  type BadCell,
  type FeatureRules,
  type FeatureType,
  maxNamedCells,
  type ScalarValue,
  type StoreValue,
} from "../contract.ts";
import { converterOf, ValueProblem } from "../values/convert-value.ts";
import { parseTime } from "../values/parse-time.ts";

/** Collects bad cells; only the first few are named. */
export class BadCells {
  readonly #cells: BadCell[] = [];
  count = 0;

  add(row: number, column: string, problem: string): void {
    this.count += 1;
    this.#cells.push({ row, column, problem });
    // Columns are checked one after the other, and the first cells by row may come last.
    if (this.#cells.length > maxNamedCells * 50) this.#shrink();
  }

  /** The first cells, by row. */
  first(): BadCell[] {
    this.#shrink();
    return this.#cells;
  }

  #shrink(): void {
    this.#cells.sort((a, b) => a.row - b.row);
    this.#cells.splice(maxNamedCells);
  }
}

/** Collects the first problem of each bad row, for writes that go on without these rows. */
export class BadRows extends BadCells {
  readonly rows = new Map<number, { column: string; problem: string }>();

  override add(row: number, column: string, problem: string): void {
    this.count += 1;
    if (!this.rows.has(row)) this.rows.set(row, { column, problem });
  }
}

/** Converts a column of features to its type, and checks its rules. Bad cells are null. */
export function readFeatureColumn(
  { name, type, rules }: { name: string; type: FeatureType; rules?: FeatureRules | undefined },
  cells: readonly unknown[],
  bad: BadCells,
): StoreValue[] {
  const convert = converterOf(type);
  const check = rules && rulesCheck(rules);
  return cells.map((cell, row) => {
    const value = convert(cell);
    if (value instanceof ValueProblem) {
      bad.add(row, name, value.message);
      return null;
    }
    const problem = check?.(value);
    if (problem !== undefined) bad.add(row, name, problem);
    return value;
  });
}

/** Returns the function that says which rule a value breaks. A list breaks a rule if one of its values does. */
function rulesCheck({ nullable, min, max, levels }: FeatureRules): (value: StoreValue) => string | undefined {
  const known = levels && new Set(levels);
  const one = (value: ScalarValue): string | undefined => {
    if (min !== null && !((value as number) >= min)) return `${value} is below ${min}.`;
    if (max !== null && !((value as number) <= max)) return `${value} is above ${max}.`;
    if (known && !known.has(String(value))) return `${JSON.stringify(String(value))} is not one of the levels.`;
    return undefined;
  };
  return (value) => {
    if (value === null) return nullable ? undefined : "A value is required.";
    if (!isList(value)) return one(value);
    for (const element of value) {
      const problem = one(element);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

const isList = (value: StoreValue): value is readonly ScalarValue[] => Array.isArray(value);

/**
 * Reads a column of times of rows: ISO text, UTC without an offset; Date; or bigint microseconds. Numbers are refused, which others read as
 * seconds, milliseconds or nanoseconds.
 * @returns microseconds since 1970; null for a missing or bad one
 */
export function readTimeColumn(name: string, cells: readonly unknown[], bad: BadCells): (number | null)[] {
  return cells.map((cell, row) => {
    if (cell === null || cell === undefined) return null;
    const time = timeOf(cell);
    if (time !== undefined && Number.isSafeInteger(Number(time))) return Number(time);
    bad.add(row, name, `${typeof cell === "string" ? JSON.stringify(cell.slice(0, 60)) : String(cell)} is not a time.`);
    return null;
  });
}

function timeOf(cell: unknown): bigint | undefined {
  if (typeof cell === "string") return parseTime(cell);
  if (typeof cell === "bigint") return cell;
  return cell instanceof Date && !Number.isNaN(cell.getTime()) ? BigInt(cell.getTime()) * 1000n : undefined;
}
