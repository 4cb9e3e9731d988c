import type { KeyType, LookUpAnswer, ScalarValue } from "../contract.ts";
import type { Definitions } from "../definitions/definitions.ts";
import { FeatureError } from "../feature-error.ts";
import { keyConverterOf, ValueProblem } from "../values/convert-value.ts";
import type { LookUpPlan } from "./plan-look-up.ts";

type KeyValues = (ScalarValue | null)[];

/** The keys of a request. */
export interface RequestKeys {
  rows: number;
  /** Given columns that are join keys, in the order of the request. */
  given: LookUpAnswer["keys"];
  /** Values of a column of keys as one type. @throws FeatureError for a value that cannot be one */
  valuesOf(column: string, type: KeyType): KeyValues;
  /** Cells of any column, as they came. */
  cellsOf(column: string): readonly unknown[] | undefined;
}

/**
 * Reads the keys of a look-up. A column may have the name of the entity instead of its join key; columns that nothing needs are ignored.
 * @throws FeatureError "other" for a missing key, columns of different length, and a key that is not of its entity's type
 */
export function readKeys(
  definitions: Definitions,
  { views }: LookUpPlan,
  entities: Record<string, readonly unknown[]>,
): RequestKeys {
  const types = new Map<string, KeyType>();
  const nameOf = new Map<string, string>();
  for (const { joinKey, type, name } of definitions.entities.values()) {
    types.set(joinKey, type);
    nameOf.set(name, joinKey);
  }
  for (const { version, keyColumns } of views) {
    for (const [index, { name, joinKey, type }] of version.entities.entries()) {
      const column = keyColumns[index] ?? joinKey;
      types.set(column, type);
      if (column === joinKey) nameOf.set(name, joinKey);
    }
  }
  const cells = new Map<string, readonly unknown[]>();
  for (const [name, column] of Object.entries(entities)) {
    const joinKey = types.has(name) ? name : (nameOf.get(name) ?? name);
    // The join key itself wins over the entity's name.
    if (joinKey === name || !Object.hasOwn(entities, joinKey)) cells.set(joinKey, column);
  }
  const rows = rowsOfRequest(entities);
  refuseMissing(views.flatMap(({ keyColumns }) => keyColumns).filter((column) => !cells.has(column)));
  const converted = new Map<string, KeyValues>();
  const valuesOf = (column: string, type: KeyType): KeyValues => {
    const id = `${type} ${column}`;
    const known = converted.get(id);
    if (known) return known;
    const values = convertKeys(column, type, cells.get(column) ?? []);
    converted.set(id, values);
    return values;
  };
  const given = [...cells.keys()].flatMap((name) => {
    const type = types.get(name);
    return type === undefined ? [] : [{ name, type, values: valuesOf(name, type) }];
  });
  return { rows, given, valuesOf, cellsOf: (column) => cells.get(column) };
}

function rowsOfRequest(entities: Record<string, readonly unknown[]>): number {
  const [first, ...others] = Object.entries(entities);
  // Without a key there is one row: that of views without entities.
  if (!first) return 1;
  const rows = first[1].length;
  const ragged = others.find(([, column]) => column.length !== rows);
  if (!ragged) return rows;
  const message = `Columns differ in length: "${first[0]}" has ${rows} values, "${ragged[0]}" has ${ragged[1].length}.`;
  throw new FeatureError("invalid", "other", message);
}

function refuseMissing(missing: readonly string[]): void {
  if (missing.length === 0) return;
  const names = [...new Set(missing)].map((name) => `"${name}"`).join(", ");
  throw new FeatureError("invalid", "other", `The key ${names} is missing in entities.`);
}

function convertKeys(column: string, type: KeyType, cells: readonly unknown[]): KeyValues {
  const convert = keyConverterOf(type);
  return cells.map((cell, row) => {
    const value = convert(cell);
    if (!(value instanceof ValueProblem)) return value;
    throw new FeatureError("invalid", "bad-cells", `Row ${row} of "${column}": ${value.message}`, {
      cells: [{ row, column, problem: value.message }],
    });
  });
}
