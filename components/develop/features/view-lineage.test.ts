import { expect, test } from "vitest";
import type { FeatureView } from "#server/develop/features/contract.ts";
import type { ViewLineage } from "#server/develop/lineage/contract.ts";
import { viewLineageColumns } from "./view-lineage.ts";

const current = { version: 6, features: [{}, {}, {}], expressions: [{}] };
const view = { name: "stats", current } as unknown as FeatureView;
const none: ViewLineage = {
  sources: [],
  inputs: [],
  readers: [],
  services: [],
  versions: [],
  endpoints: [],
  trainingSets: [],
};

test("names each source, dataset, service, version, endpoint and training set with its address", () => {
  const lineage: ViewLineage = {
    sources: [{ name: "nightly", kind: "file", dataset: { name: "drivers", digest: "5f0c" } }],
    inputs: ["rides"],
    readers: [{ name: "fares", features: ["trips"] }],
    services: [{ name: "eta", features: ["trips"] }],
    versions: [{ id: "1", model: "churn", version: 2, viewVersion: 6, features: ["trips"] }],
    endpoints: [{ id: "2", name: "front", features: ["trips", "rate"] }],
    trainingSets: [{ dataset: "set", digest: "9c1d", viewVersion: 6, features: ["rate"], createdAt: new Date(0) }],
  };
  const [from, subject, users] = viewLineageColumns(view, lineage);
  const lines = (column: typeof from) => column?.nodes.map(({ title, detail, href }) => [title, detail, href]);
  expect(lines(from)).toEqual([
    ["nightly", "file", "/datasets/drivers?version=5f0c"],
    ["drivers", "5f0c", "/datasets/drivers?version=5f0c"],
    ["rides", "read by expressions", "/features/rides"],
  ]);
  expect(lines(subject)).toEqual([["stats v6", "4\u00a0features", "/features/stats"]]);
  expect(lines(users)).toEqual([
    ["front", "2 of 4\u00a0features", "/endpoints/front"],
    ["churn v2", "1 of 4\u00a0features", "/models/churn/v2"],
    ["eta", "service, 1 of 4\u00a0features", "/features/services/eta"],
    ["fares", "reads trips", "/features/fares"],
    ["set", "training set, 1 of 4\u00a0features", "/datasets/set?version=9c1d"],
  ]);
});

test("says that a view has no source and no user", () => {
  const columns = viewLineageColumns(view, none);
  expect(columns.map(({ nodes }) => nodes[0]?.isAbsent)).toEqual([true, undefined, true]);
});
