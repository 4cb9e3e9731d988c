import { expect, test } from "vitest";
import { goldenRows } from "#server/testing/fixtures/features/golden.ts";
import { type FeatureType, featureTypes, type StoreValue } from "../contract.ts";
import { converterOf } from "../values/convert-value.ts";
import { RowLayout, versionOfRow } from "./packed-row.ts";

/** Times of vectors are microseconds, which the converter takes as bigint. */
const asCell = (type: string, value: unknown) =>
  type === "timestamp" && typeof value === "number" ? BigInt(value) : value;

test.each(goldenRows)("packs and unpacks $case", ({ schema_version, schema, values, hex }) => {
  const slots = schema.map(([name, type]) => ({ name, type: type as FeatureType }));
  const cells = slots.map(({ type }, index) => converterOf(type)(asCell(type, values[index])) as StoreValue);
  const layout = new RowLayout(schema_version, slots);
  const row = layout.pack(cells);
  expect(row.toString("hex")).toBe(hex);
  expect(versionOfRow(row)).toBe(schema_version);
  expect(layout.unpack(row)).toEqual(cells);
});

/** A generator of pseudorandom numbers below `n`, the same in each run. */
function random(seed: number) {
  let state = seed;
  return (n: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

const samples: Record<string, StoreValue[]> = {
  bool: [true, false],
  int32: [0, -1, 2 ** 31 - 1, -(2 ** 31)],
  int64: [0n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)],
  float32: [0, Math.fround(0.1), Number.NaN, Infinity, -0],
  float64: [0, 0.1, Number.NaN, -Infinity, 5e-324, 1.7976931348623157e308],
  string: ["", "é", "😀\0", "a".repeat(300)],
  bytes: [Buffer.alloc(0), Buffer.from([0, 255])],
  timestamp: [0n, 253_402_300_799_999_999n, -62_135_596_800_000_000n],
  json: ["null", '{"a":[1]}'],
  map: ["{}", '{"é":1}'],
};

test("unpacks whatever it packs, of any schema", () => {
  const next = random(7);
  for (let round = 0; round < 500; round += 1) {
    const slots = Array.from({ length: 1 + next(20) }, (_, index) => ({
      name: `f${index}`,
      type: featureTypes[next(featureTypes.length)] ?? "bool",
    }));
    const one = (type: string) => samples[type]?.[next(samples[type].length)] ?? null;
    const values = slots.map(({ type }): StoreValue => {
      if (next(4) === 0) return null;
      const element = /^list<(.*)>$/.exec(type)?.[1];
      return element === undefined
        ? one(type)
        : (Array.from({ length: next(4) }, () => one(element)) as unknown as StoreValue);
    });
    const layout = new RowLayout(round, slots);
    expect(layout.unpack(layout.pack(values))).toEqual(values);
  }
});

test("reads null for what a row's schema lacks, or has with another type", () => {
  const older = new RowLayout(1, [{ name: "a", type: "int64" }]);
  const row = older.pack([5n]);
  expect(older.reader("a", "int64")(row)).toBe(5n);
  expect(older.reader("b", "int64")(row)).toBeNull();
  expect(older.reader("a", "float64")(row)).toBeNull();
});

test("tells the size of a value on the heap without reading it", () => {
  const layout = new RowLayout(1, [
    { name: "a", type: "int64" },
    { name: "b", type: "string" },
    { name: "c", type: "list<float64>" },
  ]);
  const row = layout.pack([1n, "ü", [1, 2]]);
  const sizeOf = (name: string, type: FeatureType, of = row) => layout.heapSize(name, type)(of);
  expect([sizeOf("a", "int64"), sizeOf("b", "string"), sizeOf("c", "list<float64>")]).toEqual([0, 2, 20]);
  expect([sizeOf("b", "bytes"), sizeOf("b", "string", layout.pack([1n, null, []]))]).toEqual([0, 0]);
});
