import type { KeyType, ScalarValue } from "../contract.ts";

/**
 * Encodes the key of a row, docs/spec/features.md section 2: the join keys sorted by name, each as integer or time of 8 bytes whose order is
 * that of the bytes, text or bytes after its length, or a boolean of one byte. Names and types belong to the view.
 * @param values in the order of the sorted join keys
 * @returns undefined if a part is missing: nothing is stored or found under it
 */
export function encodeEntityKey(
  types: readonly KeyType[],
  values: readonly (ScalarValue | null)[],
): Buffer | undefined {
  const parts: Buffer[] = [];
  for (const [index, type] of types.entries()) {
    const value = values[index];
    if (value === null || value === undefined) return undefined;
    parts.push(encodePart(type, value));
  }
  return parts.length === 1 ? parts[0] : Buffer.concat(parts);
}

/** Decodes a key. @param types in the order of the sorted join keys @throws RangeError for a key of other types */
export function decodeEntityKey(types: readonly KeyType[], key: Buffer): ScalarValue[] {
  let at = 0;
  const values = types.map((type): ScalarValue => {
    if (type === "bool") return key.readUInt8(at++) === 1;
    if (type === "string" || type === "bytes") {
      const from = at + 4;
      at = from + key.readUInt32BE(at);
      if (at > key.length) throw new RangeError("The key is shorter than its types.");
      return type === "string" ? key.toString("utf8", from, at) : key.subarray(from, at);
    }
    const value = BigInt.asIntN(64, key.readBigUInt64BE(at) ^ signBit);
    at += 8;
    return type === "int32" ? Number(value) : value;
  });
  if (at !== key.length) throw new RangeError("The key is longer than its types.");
  return values;
}

/** Sorts join keys by name, as keys have them: by code point. */
export function compareJoinKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const signBit = 1n << 63n;

function encodePart(type: KeyType, value: ScalarValue): Buffer {
  if (type === "bool") return Buffer.of(value === true ? 1 : 0);
  if (type === "string" || type === "bytes") {
    const bytes = typeof value === "string" ? Buffer.from(value) : Buffer.from(value as Uint8Array);
    const part = Buffer.allocUnsafe(4 + bytes.length);
    part.writeUInt32BE(bytes.length, 0);
    bytes.copy(part, 4);
    return part;
  }
  const part = Buffer.allocUnsafe(8);
  // With the sign bit flipped, the order of bytes is the order of numbers.
  part.writeBigUInt64BE(BigInt.asUintN(64, BigInt(value as number | bigint)) ^ signBit, 0);
  return part;
}
