import { type Data, DataType, type Vector } from "apache-arrow";
import { DomainError } from "#server/base/errors.ts";

/**
 * Checks columns that Arrow's library read: that their bytes suffice for their length, and that offsets rise within what they point into
 * (https://arrow.apache.org/docs/format/Columnar.html#variable-size-binary-layout). The library trusts both: one wrong offset makes it
 * build billions of values from a few bytes.
 * @throws DomainError "invalid"
 */
export function checkColumns(columns: readonly Data[]): void {
  // Batches share dictionaries.
  const seen = new Set<Data>();
  const check = (data: Data): void => {
    if (seen.has(data)) return;
    seen.add(data);
    checkData(data);
    for (const child of data.children) check(child);
    if (DataType.isDictionary(data.type)) for (const part of (data.dictionary as Vector).data) check(part);
  };
  for (const column of columns) check(column);
}

function checkData(data: Data): void {
  const { type, length } = data;
  if (DataType.isNull(type)) return;
  if (data.nullCount > 0 && bytesOf(data.nullBitmap) * 8 < length) refuse("the marks of its nulls are too short");
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isBinary(type) || DataType.isLargeBinary(type)) {
    checkOffsets(data.valueOffsets, length, bytesOf(data.values));
  } else if (DataType.isList(type) || DataType.isLargeList(type) || DataType.isMap(type)) {
    checkOffsets(data.valueOffsets, length, childLength(data));
  } else if (DataType.isFixedSizeList(type)) {
    if (type.listSize < 0 || type.listSize * length > childLength(data)) refuse("its lists have too few values");
  } else if (DataType.isStruct(type)) {
    if (data.children.some((child) => child.length < length)) refuse("its fields have too few values");
  } else if (DataType.isBool(type)) {
    if (bytesOf(data.values) * 8 < length) refuse("it has too few values");
  } else if (data.stride < 0 || data.stride * length > (data.values?.length ?? 0)) {
    refuse("it has too few values");
  }
}

/** Checks that offsets start at zero or later, never fall, and end within what they point into. */
function checkOffsets(offsets: Int32Array | BigInt64Array | undefined, length: number, most: number): void {
  // A column without rows may leave out its only offset.
  if (length === 0) return;
  if (!offsets || offsets.length <= length) refuse("it has too few offsets");
  let last: number | bigint = 0;
  for (let at = 0; at <= length; at += 1) {
    const offset = offsets[at] as number | bigint;
    if (offset < last) refuse("its offsets fall");
    last = offset;
  }
  if (last > most) refuse("its offsets end outside its values");
}

const bytesOf = (values: { byteLength: number } | undefined): number => values?.byteLength ?? 0;

const childLength = ({ children }: Data): number => children[0]?.length ?? 0;

function refuse(problem: string): never {
  throw new DomainError("invalid", `Invalid Arrow table: in a column, ${problem}.`);
}
