import { expect, test } from "vitest";
import { converterOf, ValueProblem } from "#server/develop/features/values/convert-value.ts";
import { areEqualValues } from "./equal-values.ts";
import {
  type ComparedFeature,
  type HistoryRow,
  judgeServedValue,
  type RecomputedLookUp,
  type ServedValue,
} from "./judge-value.ts";

const second = 1_000_000;
const servedAt = 1_000_000 * second;
const feature: ComparedFeature = { name: "rate", type: "float64", versions: new Set([1]), isExpression: false };

/** A row of an event and an arrival so many seconds before the look-up. */
function row(id: number, eventAgo: number, arrivedAgo: number, rate: number | null, more: Partial<HistoryRow> = {}) {
  const eventAt = servedAt - eventAgo * second;
  const times = { eventAt, createdAt: eventAt, arrivedAt: servedAt - arrivedAgo * second };
  return { id: BigInt(id), version: 1, isOnline: true, values: new Map([["rate", rate]]), ...times, ...more };
}

const served = (value: ServedValue["value"], more: Partial<ServedValue> = {}): ServedValue => ({
  value,
  status: value === null ? "NULL_VALUE" : "PRESENT",
  source: "store",
  withoutRow: null,
  ...more,
});

function lookUp(own: HistoryRow | null, more: Partial<RecomputedLookUp>): RecomputedLookUp {
  return {
    servedAt,
    served: { eventAt: own?.eventAt ?? null, createdAt: own?.createdAt ?? null },
    known: [own],
    truth: own,
    same: own ? [own] : [],
    ttlUs: null,
    isTtlNew: false,
    ...more,
  };
}

/** The cause by comparison; "equal" if both are the same. */
function causes(value: ServedValue, of: RecomputedLookUp, as: Partial<ComparedFeature> = {}) {
  const verdicts = judgeServedValue({ ...feature, ...as }, value, of);
  return Object.fromEntries(verdicts.map(({ comparison, cause }) => [comparison, cause ?? "equal"]));
}

const own = row(1, 100, 90, 0.5);
const equal = { known: "equal", true: "equal" };

test("finds nothing where the same row is served, known and true", () => {
  expect(causes(served(0.5), lookUp(own, {}))).toEqual(equal);
  expect(causes(served(null, { status: "NOT_FOUND" }), lookUp(null, {}))).toEqual(equal);
});

test.each<[cause: string, ServedValue, RecomputedLookUp, { known?: string; true?: string }, Partial<ComparedFeature>?]>(
  [
    [
      "version: the row was written before the feature was added, and a late one has it",
      served(null),
      lookUp(row(1, 100, 90, null), { truth: row(2, 50, -60, 0.7, { version: 2 }) }),
      { known: "equal", true: "version" },
      { versions: new Set([2]) },
    ],
    [
      "request: the caller's value won",
      served(0.9, { source: "request" }),
      lookUp(own, {}),
      { known: "request", true: "request" },
    ],
    [
      "request: also where the row was written before the feature was added",
      served(5, { source: "request" }),
      lookUp(row(1, 100, 90, null), {}),
      { known: "request", true: "request" },
      { versions: new Set([2]) },
    ],
    [
      "stale copy: a newer row had arrived two seconds before",
      served(0.5),
      lookUp(own, { known: [row(2, 3, 2, 0.7)], truth: row(2, 3, 2, 0.7) }),
      { known: "stale copy", true: "stale copy" },
    ],
    [
      "stale copy: a row of the same times had been written again",
      served(0.5),
      lookUp(own, { known: [row(2, 100, 2, 0.7)], truth: row(2, 100, 2, 0.7), same: [own, row(2, 100, 2, 0.7)] }),
      { known: "stale copy", true: "stale copy" },
    ],
    [
      "stale copy: there was a row, and none was found",
      served(null, { status: "NOT_FOUND" }),
      lookUp(null, { known: [own], truth: own }),
      { known: "stale copy", true: "stale copy" },
    ],
    [
      "a row that arrived within the second may be served or not",
      served(0.7),
      lookUp(row(2, 3, 0.5, 0.7), {
        known: [own, row(2, 3, 0.5, 0.7), row(3, 2, 0.1, 0.9)],
        truth: row(3, 2, 0.1, 0.9),
      }),
      { known: "equal", true: "late" },
    ],
    [
      "late: the true row arrived afterwards",
      served(0.5),
      lookUp(own, { truth: row(2, 50, -60, 0.7) }),
      { known: "equal", true: "late" },
    ],
    [
      "late: the first row of the key arrived afterwards",
      served(null, { status: "NOT_FOUND" }),
      lookUp(null, { truth: row(2, 50, -60, 0.7) }),
      { known: "equal", true: "late" },
    ],
    [
      "corrected: the same event, written again afterwards",
      served(0.5),
      lookUp(own, { truth: row(2, 100, -60, 0.7, { createdAt: servedAt + 50 * second }) }),
      { known: "equal", true: "corrected" },
    ],
    [
      "expired: served although it is beyond the limit",
      served(0.5, { status: "OUTSIDE_MAX_AGE" }),
      lookUp(own, { ttlUs: 60 * second, truth: null }),
      { known: "equal", true: "expired" },
    ],
    [
      "expired: withheld under an earlier limit, and true by the present one",
      served(null, { status: "OUTSIDE_MAX_AGE" }),
      lookUp(own, { ttlUs: 200 * second, isTtlNew: true }),
      { known: "equal", true: "expired" },
    ],
    [
      "expired: withheld too early",
      served(null, { status: "OUTSIDE_MAX_AGE" }),
      lookUp(own, { ttlUs: 200 * second }),
      { known: "expired", true: "expired" },
    ],
    [
      "expired: not withheld, with a status that says otherwise",
      served(0.5),
      lookUp(own, { ttlUs: 60 * second, truth: null }),
      { known: "expired", true: "expired" },
    ],
    [
      "clock ahead: the event lies in the future",
      served(0.5),
      lookUp(row(1, -120, 90, 0.5), { truth: row(0, 500, 500, 0.1) }),
      { known: "equal", true: "clock ahead" },
    ],
    [
      "history only: the true row was not for look-ups",
      served(0.5),
      lookUp(own, { truth: row(2, 50, 40, 0.7, { isOnline: false }) }),
      { known: "equal", true: "history only" },
    ],
    [
      "expression: the same row gives another value",
      served(0.6),
      lookUp(own, {}),
      { known: "expression", true: "expression" },
      { isExpression: true },
    ],
    ["unknown: the same row has another value", served(0.6), lookUp(own, {}), { known: "unknown", true: "unknown" }],
  ],
)("%s", (_, value, of, expected, as) => {
  expect(causes(value, of, as)).toEqual(expected);
});

test("an equal value that a request brought tells nothing of the store", () => {
  expect(causes(served(0.5, { source: "request" }), lookUp(own, {}))).toEqual({});
});

test("takes a default for the missing value whose place it took", () => {
  const imputed = served(0.12, { status: "NOT_FOUND", source: "imputed" });
  expect(causes(imputed, lookUp(null, {}))).toEqual(equal);
  const [known] = judgeServedValue(feature, imputed, lookUp(null, { known: [own], truth: undefined }));
  expect(known).toMatchObject({ cause: "stale copy", isMissing: true, isExtra: false, difference: 0, magnitude: 0 });
});

test("counts what is missing, what is extra, and how far numbers are apart", () => {
  const [known, truth] = judgeServedValue(feature, served(0.5), lookUp(own, { truth: row(2, 50, -60, 0.7) }));
  expect(known).toMatchObject({ cause: null, difference: 0, magnitude: 1 });
  expect(truth?.difference).toBeCloseTo(0.2, 12);
  expect(truth?.magnitude).toBeCloseTo(1.2, 12);
  const ofFuture = lookUp(row(1, -120, 90, 0.5), { truth: null });
  expect(judgeServedValue(feature, served(0.5), ofFuture)[1]).toMatchObject({ isExtra: true, isMissing: false });
});

test("compares nothing that cannot be known", () => {
  // Before late rows had time to arrive, only with what was known.
  expect(causes(served(0.5), lookUp(own, { truth: undefined }))).toEqual({ known: "equal" });
  expect(causes(served(0.5), lookUp(own, { known: undefined }))).toEqual({ true: "equal" });
  // The row of a value that was kept beyond its limit is too old to be read again.
  const kept = served(0.5, { status: "OUTSIDE_MAX_AGE" });
  expect(causes(kept, lookUp(null, { served: own, ttlUs: 60 * second }))).toEqual({ true: "expired" });
});

test("a value that is not of the feature's type equals nothing", () => {
  const bad = served(new ValueProblem("1.5 is not an integer."), { source: "request" });
  expect(causes(bad, lookUp(row(1, 100, 90, 1), {}), { type: "int64" })).toEqual({ known: "request", true: "request" });
});

test.each<[type: Parameters<typeof areEqualValues>[0], served: unknown, recomputed: unknown, isEqual: boolean]>([
  ["float64", 1.00009, 1, true],
  ["float64", 1.00011, 1, false],
  ["float64", 0.0000009, 0, true],
  ["float64", 0.0000011, 0, false],
  ["float64", -1000.09, -1000, true],
  ["float64", "NaN", "NaN", true],
  ["float64", "NaN", 0, false],
  ["float64", "Infinity", "Infinity", true],
  ["float64", "Infinity", "-Infinity", false],
  ["float64", "Infinity", 1e308, false],
  // Rounded to 32 bits: the double that JSON has for it is the same value.
  ["float32", 0.1, 0.10000000149011612, true],
  ["int32", 10_000, 10_001, true],
  ["int32", 1_000, 1_001, false],
  ["int64", "9007199254740993", "9007199254740992", true],
  ["int64", 5, 6, false],
  ["int64", null, 0, false],
  ["string", "gold", "Gold", false],
  ["string", "", null, false],
  ["bool", true, true, true],
  ["bytes", "AP8=", "AP8=", true],
  ["bytes", "AP8=", "AP4=", false],
  ["timestamp", "2026-03-01T12:00:00.000001Z", "2026-03-01T12:00:00Z", false],
  ["timestamp", "2026-03-01T13:00:00+01:00", 1_772_366_400, true],
  ["list<float64>", [1, 2.00001], [1, 2], true],
  ["list<float64>", [1, 2], [1, 2, 3], false],
  ["list<string>", ["a", "b"], ["b", "a"], false],
  ["list<int64>", [], null, true],
  ["map", { a: 1, b: { c: [1.00001] } }, '{"b":{"c":[1]},"a":1}', true],
  ["map", { a: 1 }, { a: 1, b: null }, false],
  ["json", '["a",null]', '["a",0]', false],
])("%s: %j and %j are equal: %s", (type, left, right, isEqual) => {
  const convert = converterOf(type);
  const [a, b] = [convert(left), convert(right)];
  if (a instanceof ValueProblem || b instanceof ValueProblem) throw new Error("A cell was not accepted.");
  expect(areEqualValues(type, a, b)).toBe(isEqual);
});
