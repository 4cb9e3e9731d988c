import { expect, test } from "vitest";
import type {
  FeatureType,
  LookUpAnswer,
  LookUpStatus,
  StoreValue,
  ViewAnswer,
} from "#server/develop/features/contract.ts";
import { answerText, maxAgeMs } from "./answer-text.ts";

const eventAt = Date.parse("2026-03-01T12:00:00Z") * 1000;
const view = (rows: number): ViewAnswer => ({
  viewId: "00000000-0000-4000-8000-000000000000",
  ttlUs: null,
  view: "v",
  number: 1,
  version: 3,
  eventAt: Array.from({ length: rows }, () => eventAt),
  createdAt: Array.from({ length: rows }, () => eventAt + 1_500),
  ageUs: Array.from({ length: rows }, () => 1_500),
  keys: Array.from({ length: rows }, () => Buffer.alloc(8)),
  sources: Array.from({ length: rows }, () => "asked"),
});

function textOf(type: FeatureType, values: StoreValue[], statuses?: LookUpStatus[]): string {
  const answer = view(values.length);
  const status = values.map((value): LookUpStatus => (value === null ? "NULL_VALUE" : "PRESENT"));
  return answerText(
    {
      rows: values.length,
      keys: [],
      columns: [{ name: "x", feature: "x", type, values, statuses: statuses ?? status, answer }],
      views: [answer],
      servedAt: eventAt,
    },
    { requestId: "r", hasVersions: false },
  );
}
const valuesOf = (type: FeatureType, values: StoreValue[]) =>
  /"values":(\[.*?\]),"statuses"/.exec(textOf(type, values))?.[1];

test("writes doubles with a point or an exponent, and exactly", () => {
  const doubles = [2, -2, 0, -0, 0.1, 1e21, 1e-7, 123456789012345680000, 5e-324, 2 ** 53];
  expect(valuesOf("float64", doubles)).toBe(
    "[2.0,-2.0,0.0,-0.0,0.1,1e+21,1e-7,123456789012345680000.0,5e-324,9007199254740992.0]",
  );
  expect(valuesOf("float32", [Math.fround(0.1), 3])).toBe("[0.10000000149011612,3.0]");
  expect(valuesOf("list<float64>", [[1, 2.5]])).toBe("[[1.0,2.5]]");
  expect(valuesOf("float64", [Number.NaN, Infinity, -Infinity])).toBe('["NaN","Infinity","-Infinity"]');
});

test("writes integers with all digits, times in whole seconds, bytes as base64", () => {
  expect(valuesOf("int64", [9007199254740993n, -(2n ** 63n), 0n])).toBe("[9007199254740993,-9223372036854775808,0]");
  expect(valuesOf("int32", [-7])).toBe("[-7]");
  expect(valuesOf("timestamp", [1_767_225_600_123_456n, -1n, 0n])).toBe("[1767225600,-1,0]");
  expect(valuesOf("bytes", [Buffer.from([0, 255]), new Uint8Array([1])])).toBe('["AP8=","AQ=="]');
  expect(valuesOf("list<int64>", [[1n, 2n]])).toBe("[[1,2]]");
});

test("writes texts, booleans and JSON", () => {
  expect(valuesOf("string", ['a"\n', "é"])).toBe('["a\\"\\n","é"]');
  expect(valuesOf("bool", [true, false])).toBe("[true,false]");
  expect(valuesOf("list<bool>", [[true]])).toBe("[[true]]");
  expect(valuesOf("json", ['{"a":1}'])).toBe('["{\\"a\\":1}"]');
  expect(valuesOf("map", ['{"a":[1,2.5]}'])).toBe('[{"a":[1,2.5]}]');
});

test("writes the status of each value", () => {
  const statuses: LookUpStatus[] = ["PRESENT", "NULL_VALUE", "OUTSIDE_MAX_AGE", "NOT_FOUND"];
  const [result] = JSON.parse(textOf("float64", [1, null, null, null], statuses)).results;
  expect(result.statuses).toEqual(statuses);
  for (const count of [3, 1, 0, 3]) {
    const values = Array.from({ length: count }, () => 1);
    expect(JSON.parse(textOf("float64", values)).results[0].statuses).toEqual(values.map(() => "PRESENT"));
  }
});

test("returns keys, times, ages, names and versions", () => {
  const answer: LookUpAnswer = {
    rows: 2,
    keys: [{ name: "id", type: "int64", values: [9007199254740993n, null] }],
    columns: [
      {
        name: "v__x",
        feature: "x",
        type: "float64",
        values: [1, null],
        statuses: ["PRESENT", "NOT_FOUND"],
        answer: {
          ...view(2),
          eventAt: [eventAt + 123, null],
          createdAt: [eventAt + 1_500, null],
          ageUs: [1_500, null],
        },
      },
    ],
    views: [view(1), { ...view(1), version: 1 }],
    servedAt: eventAt + 1_000_000,
  };
  const text = answerText(answer, { requestId: "abc", hasVersions: true });
  expect(text).toContain('"values":[9007199254740993,null]');
  const { results, metadata } = JSON.parse(text);
  expect(results[0]).toMatchObject({
    statuses: ["PRESENT", "NULL_VALUE"],
    event_timestamps: ["1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"],
  });
  expect(results[1]).toEqual({
    values: [1, null],
    statuses: ["PRESENT", "NOT_FOUND"],
    event_timestamps: ["2026-03-01T12:00:00.000123Z", "1970-01-01T00:00:00Z"],
    created_timestamps: ["2026-03-01T12:00:00.001500Z", null],
    ages_ms: [1.5, null],
  });
  expect(metadata).toEqual({
    feature_names: ["id", "v__x"],
    feature_view_metadata: [{ name: "v", version: 2 }, { name: "v" }],
    leeway: { served_at: "2026-03-01T12:00:01Z", request_id: "abc" },
  });
  expect(maxAgeMs(answer)).toBe(2);
  expect(maxAgeMs({ ...answer, views: [] })).toBeUndefined();
});
