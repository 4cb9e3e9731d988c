import { expect, test } from "vitest";
import { SourceOptions } from "#server/develop/features/contract.ts";
import { describeReading, describeSource, nextReading } from "./source-text.ts";

const now = new Date("2026-03-01T12:00:00Z");
const source = (kind: "push" | "dataset" | "file", options: Partial<SourceOptions> = {}) => {
  return { kind, options: SourceOptions.parse(options) };
};

test("says when a source is read next", () => {
  const last = { createdAt: new Date("2026-03-01T11:50:00Z") };
  const hourly = source("file", { path: "dataset:trips", everyMinutes: 60 });
  expect(nextReading(hourly, last, now)).toEqual({
    kind: "at",
    at: new Date("2026-03-01T12:50:00Z"),
    everyMs: 3_600_000,
  });
  expect(nextReading(source("file", { everyMinutes: 5 }), last, now)).toMatchObject({ at: now });
  expect(nextReading(hourly, undefined, now)).toMatchObject({ at: now });
  expect(nextReading(source("dataset", { dataset: "trips" }), last, now)).toEqual({ kind: "new-version" });
  expect(nextReading(source("file"), last, now)).toEqual({ kind: "on-request" });
  expect(nextReading(source("push"), undefined, now)).toEqual({ kind: "never" });
  expect(describeReading(nextReading(hourly, last, now))).toBe("every 1\u00a0h");
});

test("names what a source reads", () => {
  expect(describeSource(source("dataset", { dataset: "trips" }))).toBe("dataset trips");
  expect(describeSource(source("push", { batchSource: "nightly" }))).toBe("push; history from nightly");
});
