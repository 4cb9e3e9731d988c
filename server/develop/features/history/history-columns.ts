import type { FeatureType, KeyType, ScalarType } from "../contract.ts";
import { identifier } from "../offline/engine/sql-text.ts";
import type { KeyKind } from "../offline/join/column-expressions.ts";
import { elementTypeOf } from "../values/convert-value.ts";

// Columns of a file of history, docs/spec/features.md section 14: join keys as "k:name", values as "f:name", and these, in which times are
// microseconds since 1970. "sequence" is the order of writing, "transaction" the one that wrote it.
export const historyColumns = ["event", "created", "arrived", "sequence", "transaction"] as const;

/** Column that says whether look-ups were to find the row. Files of earlier releases lack it; all of their rows count as found. */
export const onlineColumn = "online";

export function keyColumn(joinKey: string): string {
  return identifier(`k:${joinKey}`);
}

export function valueColumn(name: string): string {
  return identifier(`f:${name}`);
}

/** Kind of a join key in the point-in-time join. */
export function keyKindOf(type: KeyType): KeyKind {
  const kinds: Record<KeyType, KeyKind> = {
    bool: "boolean",
    int32: "integer",
    int64: "integer",
    string: "text",
    bytes: "bytes",
    timestamp: "time",
  };
  return kinds[type];
}

/** Type in which the join compares keys of a kind. */
export const keyTypes: Record<KeyKind, string> = {
  integer: "BIGINT",
  text: "VARCHAR",
  bytes: "BLOB",
  boolean: "BOOLEAN",
  time: "BIGINT",
};

const scalars: Record<ScalarType, { cell: string; stored: string }> = {
  bool: { cell: "BOOLEAN", stored: "BOOLEAN" },
  int32: { cell: "INTEGER", stored: "INTEGER" },
  int64: { cell: "BIGINT", stored: "BIGINT" },
  float32: { cell: "FLOAT", stored: "FLOAT" },
  float64: { cell: "DOUBLE", stored: "DOUBLE" },
  string: { cell: "VARCHAR", stored: "VARCHAR" },
  bytes: { cell: "BLOB", stored: "BLOB" },
  timestamp: { cell: "BIGINT", stored: "TIMESTAMP WITH TIME ZONE" },
  json: { cell: "VARCHAR", stored: "VARCHAR" },
  map: { cell: "VARCHAR", stored: "VARCHAR" },
};

/** Type of a value on its way to DuckDB, where times are integers. */
export function cellType(type: FeatureType): string {
  const element = elementTypeOf(type);
  return element === undefined ? scalars[type as ScalarType].cell : `${scalars[element].cell}[]`;
}

/** Type of a value in files and training sets. */
export function storedType(type: FeatureType): string {
  const element = elementTypeOf(type);
  return element === undefined ? scalars[type as ScalarType].stored : `${scalars[element].stored}[]`;
}

/** Writes the value of a cell. */
export function storedExpression(type: FeatureType, cell: string): string {
  const time = (micros: string) => `make_timestamp(${micros}) AT TIME ZONE 'UTC'`;
  if (type === "timestamp") return time(cell);
  return elementTypeOf(type) === "timestamp" ? `list_transform(${cell}, lambda item: ${time("item")})` : cell;
}
