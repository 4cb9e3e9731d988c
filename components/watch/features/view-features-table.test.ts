import { expect, test } from "vitest";
import type { ViewVersion } from "#server/develop/features/contract.ts";
import type { DriftedViewFeature } from "#server/watch/features/drift/contract.ts";
import type { SkewedViewFeature } from "#server/watch/features/skew/contract.ts";
import { watchedFeatures } from "./view-features-table.tsx";

const version = {
  features: [
    { name: "a", type: "int64" },
    { name: "b", type: "string" },
    { name: "c", type: "bool" },
  ],
  expressions: [{ name: "d", type: "float64", at: "look-up" }],
} as unknown as ViewVersion;

test("joins features with drift, skew and users, drifting and differing ones first", () => {
  const drift = [
    { feature: "c", newest: { state: "drift" } },
    { feature: "a", newest: { state: "usual" } },
  ];
  const skew = [
    { feature: "d", recent: { known: null, true: { share: 0.02 } } },
    { feature: "a", recent: { known: null, true: { share: 0 } } },
  ];
  const rows = watchedFeatures(version, drift as DriftedViewFeature[], skew as SkewedViewFeature[], [
    { features: ["a", "b"] },
    { features: ["b"] },
  ]);
  expect(rows.map(({ name }) => name)).toEqual(["c", "d", "a", "b"]);
  expect(rows.map(({ users }) => users)).toEqual([0, 0, 1, 2]);
  expect(rows[0]?.drift).toBe(drift[0]);
  expect(rows[1]).toMatchObject({ at: "look-up", drift: undefined, skew: skew[0] });
});
