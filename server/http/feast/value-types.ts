import type { FeatureType, KeyType } from "#server/develop/features/contract.ts";

/** Types of Leeway by the number of Feast's type: feast/types/Value.proto, FeatureType.Enum. Sets are stored as lists. */
const typeOf: Readonly<Record<number, FeatureType>> = {
  1: "bytes",
  2: "string",
  3: "int32",
  4: "int64",
  5: "float64",
  6: "float32",
  7: "bool",
  8: "timestamp",
  11: "list<bytes>",
  12: "list<string>",
  13: "list<int32>",
  14: "list<int64>",
  15: "list<float64>",
  16: "list<float32>",
  17: "list<bool>",
  18: "list<timestamp>",
  20: "map",
  21: "list<map>",
  22: "list<bytes>",
  23: "list<string>",
  24: "list<int32>",
  25: "list<int64>",
  26: "list<float64>",
  27: "list<float32>",
  28: "list<bool>",
  29: "list<timestamp>",
  32: "json",
  33: "list<json>",
  34: "map",
  35: "list<map>",
  36: "string",
  37: "string",
  38: "list<string>",
  39: "list<string>",
  40: "list<string>",
  41: "list<string>",
};

const numberOf = new Map(
  Object.entries(typeOf)
    .toReversed()
    .map(([number, type]) => [type, Number(number)]),
);

/** Returns Leeway's type for the number of Feast's; undefined for one that Leeway does not store, and for 0, which means unknown. */
export function valueTypeOf(number: number): FeatureType | undefined {
  return typeOf[number];
}

/** Returns Feast's number of a type. */
export function feastTypeOf(type: FeatureType | KeyType): number {
  return numberOf.get(type) ?? 0;
}
