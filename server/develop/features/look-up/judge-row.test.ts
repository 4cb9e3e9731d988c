import { expect, test } from "vitest";
import { goldenStatuses } from "#server/testing/fixtures/features/golden.ts";
import { parseTime } from "../values/parse-time.ts";
import { ageOf, isTooOld, judgeValue } from "./judge-row.ts";

const timeOf = (text: string) => Number(parseTime(text));
const found = goldenStatuses.filter(({ event_time }) => event_time !== undefined);

test.each(found)("judges: $case", ({ now, event_time, ttl_seconds, stored, status, value, age_ms, stale }) => {
  const age = ageOf(timeOf(event_time ?? ""), timeOf(now));
  const tooOld = isTooOld(age, ttl_seconds === null ? null : ttl_seconds * 1_000_000);
  expect(judgeValue(stored ?? null, { tooOld, stale: stale ?? "null" })).toEqual({ status, value });
  if (age_ms !== undefined) expect(age / 1000).toBe(age_ms);
});

test("has all cases but that of a key that was never written", () => {
  expect(found).toHaveLength(10);
});

test("takes an empty list for no value", () => {
  expect(judgeValue([], { tooOld: false, stale: "null" })).toEqual({ value: null, status: "NULL_VALUE" });
});
