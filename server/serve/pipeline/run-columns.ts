import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import type { ColumnsPart } from "#server/develop/registry/pipeline/definition.ts";
import { oneHotNames } from "#server/develop/registry/pipeline/plan-columns.ts";
import { refuse } from "../protocol/refuse.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { roomFor, writeAs } from "./image-steps.ts";

type Column = Float64Array | string[];
type Columns = Map<string, Column>;

/**
 * Runs named columns through their steps to the inputs of the model. Numbers are processed as 64-bit floats and rounded once, to the
 * model's type.
 * @param given one tensor [rows] for each column
 * @param targets inputs of the model
 * @throws DomainError "invalid" that names the column, the row and what is expected
 */
export function runColumns(part: ColumnsPart, given: readonly Tensor[], targets: readonly TensorSpec[]): Tensor[] {
  const rows = given[0]?.shape[0] ?? 0;
  let columns: Columns = new Map(
    given.map(({ name, data }) => [
      name,
      Array.isArray(data) ? data : Float64Array.from(data as ArrayLike<number>, Number),
    ]),
  );
  for (const step of part.steps) columns = apply(columns, step);
  const find = (name: string) => targets.find((target) => target.name === name);
  if (part.into !== null) {
    const target = find(part.into);
    return target ? [sideBySide([...columns.values()], target, rows)] : [];
  }
  return [...columns].flatMap(([name, column]) => {
    const target = find(name);
    return target ? [sideBySide([column], target, rows)] : [];
  });
}

function sideBySide(columns: Column[], { name, datatype, shape }: TensorSpec, rows: number): Tensor {
  const width = columns.length;
  const concrete = shape.length === 1 ? [rows] : [rows, width];
  if (datatype === "BYTES") {
    const data = Array.from({ length: rows * width }, (_, at) => String(columns[at % width]?.[Math.floor(at / width)]));
    return { name, datatype, shape: concrete, data };
  }
  const values = new Float64Array(rows * width);
  for (const [index, column] of columns.entries()) {
    for (let row = 0; row < rows; row++) values[row * width + index] = Number(column[row]);
  }
  const data = roomFor(datatype, values.length);
  writeAs(values, datatype, data, 0);
  return { name, datatype, shape: concrete, data };
}

function apply(columns: Columns, step: ColumnsPart["steps"][number]): Columns {
  switch (step.step) {
    case "standardise":
      return new Map(
        [...columns].map(([name, column]) => {
          const by = step.columns[name];
          return [name, by && !Array.isArray(column) ? column.map((value) => (value - by.mean) / by.std) : column];
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

type OneHot = Extract<ColumnsPart["steps"][number], { step: "one-hot" }>;

function oneHot(column: Column, step: OneHot): [string, Column][] {
  const indices = new Map(step.levels.map((level, index) => [level, index]));
  const made = oneHotNames(step).map((name): [string, Float64Array] => [name, new Float64Array(column.length)]);
  for (const [row, value] of Array.from<number | string>(column).entries()) {
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
