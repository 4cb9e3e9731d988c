import { expect, test } from "vitest";
import { dayMs } from "#server/base/durations.ts";
import type { ViewVersion } from "#server/develop/features/contract.ts";
import { columnsOfView, measuredSince } from "./view-values.ts";

const first = Date.UTC(2026, 2, 2);

test("compares a version with rows that have its features, and goes on comparing one that measures the same", () => {
  const version = (number: number, ...names: string[]) => {
    const features = names.map((name) => ({ name, type: "float64" as const, description: "", tags: {} }));
    const shape = { entities: [], features, expressions: [], requestInputs: [], digest: "", reason: null };
    return { ...shape, version: number, createdBy: "test", createdAt: new Date(first + number * dayMs) };
  };
  const since = (...versions: ViewVersion[]) =>
    measuredSince({
      current: versions.at(-1) as ViewVersion,
      versions: new Map(versions.map((one) => [one.version, one])),
    });
  expect(since(version(1, "a"))).toBe(0);
  expect(since(version(1, "a", "b"), version(2, "b", "a"))).toBe(0);
  expect(since(version(1, "a"), version(2, "a", "b"))).toBe(first + 2 * dayMs);
  expect(since(version(1, "a"), version(2, "a", "b"), version(3, "a", "b"))).toBe(first + 2 * dayMs);
  const otherKeys = {
    ...version(2, "a"),
    entities: [{ name: "driver", joinKey: "driver_id", type: "int64" as const }],
  };
  expect(since(version(1, "a"), otherKeys)).toBe(first + 2 * dayMs);
});

test("takes the columns that a training set made of a view, by their names there", () => {
  const pinned = (viewId: string, version: number, name: string) => ({
    view: name,
    viewId,
    number: 1,
    version,
    name,
    joinKeys: {},
    ttlUs: null,
    cutoff: "event" as const,
    hasCreatedTime: true,
  });
  const views = [pinned("b", 1, "b"), pinned("a", 1, "sender"), pinned("a", 1, "receiver"), pinned("a", 2, "a")];
  const features = [
    { view: 0, feature: "amount" },
    { view: 1, feature: "country" },
    { view: 2, feature: "country" },
    { view: 2, feature: "age" },
    { view: 3, feature: "name" },
  ];
  const of = (fullNames: boolean) =>
    Object.fromEntries(columnsOfView({ views, features, fullNames }, { id: "a", version: 1 }));
  expect(of(true)).toEqual({ country: "sender__country", age: "receiver__age" });
  expect(of(false)).toEqual({ country: "country", age: "age" });
});
