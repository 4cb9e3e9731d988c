import {
  Binary,
  Bool,
  type Data,
  type DataType,
  Field,
  Float32,
  Float64,
  Int32,
  Int64,
  List,
  makeData,
  TimestampMicrosecond,
  Utf8,
} from "apache-arrow";
import type { FeatureType, ScalarType, StoreValue } from "#server/develop/features/contract.ts";
import type { ColumnCells } from "#server/develop/features/offline/engine/messages.ts";

type Cells = readonly StoreValue[];

const scalars: Record<ScalarType, () => DataType> = {
  bool: () => new Bool(),
  int32: () => new Int32(),
  int64: () => new Int64(),
  float32: () => new Float32(),
  float64: () => new Float64(),
  // Not dictionaries, which pandas shows as categories.
  string: () => new Utf8(),
  json: () => new Utf8(),
  map: () => new Utf8(),
  bytes: () => new Binary(),
  timestamp: () => new TimestampMicrosecond("UTC"),
};

const itemOf = (type: FeatureType): ScalarType | undefined =>
  type.startsWith("list<") ? (type.slice(5, -1) as ScalarType) : undefined;

/** Returns Arrow's type of a feature. */
export function arrowType(type: FeatureType): DataType {
  const item = itemOf(type);
  return item ? new List(new Field("item", scalars[item](), true)) : scalars[type as ScalarType]();
}

/** Converts the cells of a feature to a column of Arrow. Null is null; NaN is a value. */
export function arrowColumn(type: FeatureType, cells: ColumnCells): Data {
  if (areTyped(cells)) return typedColumn(type as ScalarType, cells);
  return column(type, cells as Cells);
}

type TypedCells = Extract<ColumnCells, { nulls: Uint8Array | null }>;

function areTyped(cells: ColumnCells): cells is TypedCells {
  return "nulls" in cells;
}

/** Typed values are those of Arrow already; truths become bits. */
function typedColumn(type: ScalarType, { values, nulls }: TypedCells): Data {
  let nullCount = 0;
  if (nulls) for (const mark of nulls) nullCount += mark;
  return makeData({
    type: scalars[type](),
    length: values.length,
    nullCount,
    ...(nulls && nullCount > 0 && { nullBitmap: bitsOf(nulls.length, (row) => nulls[row] === 0) }),
    data: type === "bool" ? bitsOf(values.length, (row) => values[row] === 1) : values,
  } as Parameters<typeof makeData>[0]);
}

function column(type: FeatureType, cells: Cells): Data {
  const item = itemOf(type);
  if (!item) return scalarColumn(type as ScalarType, cells);
  const offsets = new Int32Array(cells.length + 1);
  const items: StoreValue[] = [];
  cells.forEach((cell, row) => {
    if (cell !== null) for (const value of cell as readonly StoreValue[]) items.push(value);
    offsets[row + 1] = items.length;
  });
  return makeData({
    type: arrowType(type) as List,
    length: cells.length,
    ...nullsOf(cells),
    valueOffsets: offsets,
    child: scalarColumn(item, items),
  });
}

function scalarColumn(type: ScalarType, cells: Cells): Data {
  const common = { length: cells.length, ...nullsOf(cells) };
  const filled = <Values extends { [index: number]: unknown }>(values: Values): Values => {
    cells.forEach((cell, row) => {
      if (cell !== null) values[row] = cell;
    });
    return values;
  };
  switch (type) {
    case "bool":
      return makeData({ ...common, type: new Bool(), data: bitsOf(cells.length, (row) => cells[row] === true) });
    case "int32":
      return makeData({ ...common, type: new Int32(), data: filled(new Int32Array(cells.length)) });
    case "int64":
      return makeData({ ...common, type: new Int64(), data: filled(new BigInt64Array(cells.length)) });
    case "float32":
      return makeData({ ...common, type: new Float32(), data: filled(new Float32Array(cells.length)) });
    case "float64":
      return makeData({ ...common, type: new Float64(), data: filled(new Float64Array(cells.length)) });
    case "timestamp":
      return makeData({
        ...common,
        type: new TimestampMicrosecond("UTC"),
        data: filled(new BigInt64Array(cells.length)),
      });
    case "bytes":
      return makeData({ ...common, type: new Binary(), ...bytesOf(cells.map((cell) => cell as Uint8Array | null)) });
    case "string":
    case "json":
    case "map":
      return makeData({
        ...common,
        type: new Utf8(),
        ...bytesOf(cells.map((cell) => (cell === null ? null : Buffer.from(cell as string)))),
      });
  }
}

function nullsOf(cells: Cells): { nullCount: number; nullBitmap?: Uint8Array } {
  const nullCount = cells.reduce<number>((count, cell) => (cell === null ? count + 1 : count), 0);
  return nullCount === 0
    ? { nullCount }
    : { nullCount, nullBitmap: bitsOf(cells.length, (row) => cells[row] !== null) };
}

/** Packs a flag for each row, the first in the lowest bit. */
function bitsOf(rows: number, isSet: (row: number) => boolean): Uint8Array {
  const bits = new Uint8Array(Math.ceil(rows / 64) * 8);
  for (let row = 0; row < rows; row += 1) {
    if (isSet(row)) bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
  }
  return bits;
}

function bytesOf(values: readonly (Uint8Array | null)[]): { valueOffsets: Int32Array; data: Uint8Array } {
  const valueOffsets = new Int32Array(values.length + 1);
  let bytes = 0;
  values.forEach((value, index) => {
    bytes += value?.length ?? 0;
    valueOffsets[index + 1] = bytes;
  });
  const data = new Uint8Array(bytes);
  values.forEach((value, index) => {
    if (value) data.set(value, valueOffsets[index] ?? 0);
  });
  return { valueOffsets, data };
}
