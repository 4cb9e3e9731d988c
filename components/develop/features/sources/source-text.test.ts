import { expect, test } from "vitest";
import { DefineViewSource, SourceOptions, type ViewSource } from "#server/develop/features/contract.ts";
import type { Materialisation } from "#server/develop/features/materialisations/contract.ts";
import { describeReading, describeSource, nextReading, sourceRows } from "./source-text.ts";

const now = new Date("2026-03-01T12:00:00Z");
const source = (kind: "push" | "dataset" | "file", options: Partial<SourceOptions> = {}) => {
  return { kind, options: SourceOptions.parse(options) };
};

test("says when a source is read next", () => {
  const last = [new Date("2026-03-01T11:50:00Z")];
  const hourly = source("file", { path: "dataset:trips", everyMinutes: 60 });
  expect(nextReading(hourly, last, now)).toEqual({
    kind: "at",
    at: new Date("2026-03-01T12:50:00Z"),
    everyMs: 3_600_000,
  });
  expect(nextReading(source("file", { everyMinutes: 5 }), last, now)).toMatchObject({ at: now });
  // For the view that waited longest; one that was never read is due.
  expect(nextReading(hourly, [...last, new Date("2026-03-01T11:20:00Z")], now)).toMatchObject({
    at: new Date("2026-03-01T12:20:00Z"),
  });
  expect(nextReading(hourly, [...last, undefined], now)).toMatchObject({ at: now });
  const unused = nextReading(hourly, [], now);
  expect(unused).toEqual({ kind: "no-view", everyMs: 3_600_000 });
  expect(describeReading(unused)).toBe("every 1\u00a0h, once a view has it");
  expect(nextReading(source("dataset", { dataset: "trips" }), last, now)).toEqual({ kind: "new-version" });
  expect(nextReading(source("file"), last, now)).toEqual({ kind: "on-request" });
  expect(nextReading(source("push"), [], now)).toEqual({ kind: "never" });
  expect(describeReading(nextReading(hourly, last, now))).toBe("every 1\u00a0h");
});

test("names what a source reads", () => {
  expect(describeSource(source("dataset", { dataset: "trips" }))).toBe("dataset trips");
  expect(describeSource(source("push", { batchSource: "nightly" }))).toBe("push; history from nightly");
});

test("puts a source together with the views that are read from it, also through a push source", () => {
  const at = new Date("2026-03-01T00:00:00Z");
  const defined = (name: string, kind: "push" | "file", options: Partial<SourceOptions> = {}): ViewSource => {
    const { feastMessage: _, ...rest } = DefineViewSource.parse({ name, kind, options });
    return { ...rest, digest: "x", createdBy: "mara", createdAt: at, updatedAt: at };
  };
  const sources = [
    defined("nightly", "file"),
    defined("events", "push", { batchSource: "nightly" }),
    defined("other", "file"),
  ];
  const views = [
    { name: "direct", source: "nightly" },
    { name: "pushed", source: "events" },
    { name: "moved", source: "other" },
    { name: "plain", source: null },
  ];
  const run = (view: string, from: string, hour: number) =>
    ({
      id: view,
      view,
      input: { source: from, kind: "file" },
      createdAt: new Date(Date.UTC(2026, 2, 1, hour)),
    }) as Materialisation;
  const [nightly, events, other] = sourceRows(sources, views, [
    run("direct", "nightly", 3),
    run("pushed", "nightly", 4),
    run("moved", "nightly", 5),
  ]);
  expect(nightly).toMatchObject({ views: ["direct", "pushed"], last: { id: "pushed" } });
  expect(nightly?.started.map((each) => each?.getUTCHours())).toEqual([3, 4]);
  expect(events).toMatchObject({ views: ["pushed"], last: undefined });
  // What it was read from before is another source's.
  expect(other).toMatchObject({ views: ["moved"], last: undefined });
});
