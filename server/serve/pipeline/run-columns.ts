import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { ColumnsPart } from "#server/develop/registry/pipeline/definition.ts";
import { oneHotNames } from "#server/develop/registry/pipeline/plan-columns.ts";
import { refuse } from "../protocol/refuse.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Column, writeColumns } from "./write-columns.ts";

type Columns = Map<string, Column>;

/**
 * Runs named columns through their steps to the inputs of the model. Numbers are processed as 64-bit floats and rounded once, to the
 * model's type; integers that no step computes with stay exact.
 * @param given one tensor [rows] for each column
 * @param targets inputs of the model
 * @throws DomainError "invalid" that names the column, the row and what is expected
 */
export function runColumns(part: ColumnsPart, given: readonly Tensor[], targets: readonly TensorSpec[]): Tensor[] {
  const rows = rowsOf(given);
  let columns: Columns = new Map(given.map((tensor) => [tensor.name, columnOf(tensor)]));
  for (const step of part.steps) columns = apply(columns, step);
  const find = (name: string) => targets.find((target) => target.name === name);
  if (part.into !== null) {
    const target = find(part.into);
    return target ? [sideBySide([...columns], target, rows)] : [];
  }
  return [...columns].flatMap(([name, column]) => {
    const target = find(name);
    return target ? [sideBySide([[name, column]], target, rows)] : [];
  });
}

/** Returns the number of rows, which all columns have. */
function rowsOf(given: readonly Tensor[]): number {
  const [first] = given;
  const rows = first?.shape[0] ?? 0;
  const other = given.find(({ shape }) => (shape[0] ?? 0) !== rows);
  if (first && other) {
    refuse(`column '${other.name}': expected ${rows} rows, as column '${first.name}' has, got ${other.shape[0] ?? 0}`);
  }
  return rows;
}

function columnOf({ data }: Tensor): Column {
  const isKept = Array.isArray(data) || data instanceof BigInt64Array;
  return isKept ? data : Float64Array.from(data as ArrayLike<number>);
}

function sideBySide(columns: [string, Column][], { name, datatype, shape }: TensorSpec, rows: number): Tensor {
  const width = columns.length;
  const concrete = shape.length === 1 ? [rows] : [rows, width];
  if (datatype !== "BYTES") return { name, datatype, shape: concrete, data: writeColumns(columns, datatype, rows) };
  const data = Array.from({ length: rows * width }, (_, at) =>
    String(columns[at % width]?.[1][Math.floor(at / width)]),
  );
  return { name, datatype, shape: concrete, data };
}

function apply(columns: Columns, step: ColumnsPart["steps"][number]): Columns {
  switch (step.step) {
    case "standardise":
      return new Map(
        [...columns].map(([name, column]) => {
          const by = step.columns[name];
          return [name, by && !Array.isArray(column) ? standardised(column, by) : column];
        }),
      );
    case "one-hot":
      return new Map(
        [...columns].flatMap(([name, column]) => (name === step.column ? oneHot(column, step) : [[name, column]])),
      );
    case "select":
      return new Map(step.columns.flatMap((name) => (columns.has(name) ? [[name, columns.get(name) as Column]] : [])));
    case "rename":
      return new Map([...columns].map(([name, column]) => [step.names[name] ?? name, column]));
  }
}

function standardised(column: Exclude<Column, string[]>, { mean, std }: { mean: number; std: number }): Float64Array {
  return Float64Array.from(column as ArrayLike<number | bigint>, (value) => (Number(value) - mean) / std);
}

type OneHot = Extract<ColumnsPart["steps"][number], { step: "one-hot" }>;

function oneHot(column: Column, step: OneHot): [string, Column][] {
  const indices = new Map(step.levels.map((level, index) => [level, index]));
  const made = oneHotNames(step).map((name): [string, Float64Array] => [name, new Float64Array(column.length)]);
  for (const [row, value] of Array.from<number | bigint | string>(column).entries()) {
    const index = indices.get(String(value)) ?? (step.unknown === "other" ? step.levels.length : undefined);
    const target = index === undefined ? undefined : made[index]?.[1];
    if (target) target[row] = 1;
    else if (step.unknown === "refuse") refuseLevel(step, String(value), row);
  }
  return made;
}

function refuseLevel({ column, levels }: OneHot, value: string, row: number): never {
  const shown = levels.slice(0, 20).map((level) => JSON.stringify(level));
  const more = levels.length > 20 ? ` and ${levels.length - 20} more` : "";
  return refuse(
    `column '${column}', row ${row}, step one-hot: expected one of ${shown.join(", ")}${more}, got ${JSON.stringify(value.slice(0, 100))}`,
  );
}
