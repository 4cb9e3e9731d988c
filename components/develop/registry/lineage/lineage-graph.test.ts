import { expect, test } from "vitest";
import type { VersionDetails } from "#server/develop/registry/versions/contract.ts";
import { drawnNodes, graphHeight, type LineageNode, lineageColumns, nodeMiddle } from "./lineage-graph.ts";

const version = {
  id: "v",
  modelName: "parcel damage",
  version: 3,
  aliases: ["champion"],
  userName: "Priya",
  runId: "r1",
  loggedModelId: null,
  lineage: {
    run: { id: "r1", name: "even-keel", experimentId: 7, experimentName: "parcel-damage" },
    loggedModel: null,
    datasets: [{ name: "photos", digest: "4be1", context: "training" }],
    models: [],
    endpoints: [{ id: "e", name: "parcel-damage" }],
  },
} as unknown as VersionDetails;

function detailsOf(changed: Partial<VersionDetails>) {
  return lineageColumns({ ...version, ...changed }).map(({ nodes }) => nodes.map((node) => [node.title, node.detail]));
}

test("shows the datasets, run and endpoints of a version, each with a link to its page", () => {
  const columns = lineageColumns(version);
  expect(columns.map(({ title }) => title)).toEqual(["Datasets", "Run", "Version", "Endpoints"]);
  expect(columns.flatMap(({ nodes }) => nodes.map((node) => [node.title, node.detail, node.href]))).toEqual([
    ["photos", "training, 4be1", "/datasets/photos?version=4be1"],
    ["even-keel", "parcel-damage", "/experiments/7/runs/r1"],
    ["v3, champion", "parcel damage", "/models/parcel%20damage/v3"],
    ["parcel-damage", "serves v3", "/endpoints/parcel-damage"],
  ]);
});

test("shows the versions that a version was made from before its datasets", () => {
  const lineage = { ...version.lineage, models: [{ name: "large net", version: 2 }] };
  const [first] = lineageColumns({ ...version, lineage });
  expect(first?.title).toBe("Versions and datasets");
  expect(first?.nodes.map((node) => [node.kind, node.title, node.detail, node.href])).toEqual([
    ["version", "large net", "v2", "/models/large%20net/v2"],
    ["dataset", "photos", "training, 4be1", "/datasets/photos?version=4be1"],
  ]);
});

test("states what is missing instead of omitting it", () => {
  const lineage = { run: null, loggedModel: null, datasets: [], models: [], endpoints: [] };
  expect(detailsOf({ runId: "", lineage })).toEqual([
    [["No dataset", "No run to name one"]],
    [["No run", "Uploaded by Priya"]],
    [["v3, champion", "parcel damage"]],
    [["No endpoint", "Not deployed"]],
  ]);
  expect(detailsOf({ lineage })[1]).toEqual([["No run", "The run was deleted"]]);
});

test("ends a long column with the number of hidden nodes", () => {
  const nodes = Array.from(
    { length: 9 },
    (_, index): LineageNode => ({ id: `${index}`, kind: "dataset", title: `d${index}`, detail: "" }),
  );
  expect(drawnNodes(nodes).map(({ title }) => title)).toEqual(["d0", "d1", "d2", "d3", "and 5 more"]);
  expect(drawnNodes(nodes.slice(0, 5))).toHaveLength(5);
});

test("centres shorter columns vertically", () => {
  const height = graphHeight([3, 1]);
  expect(height).toBe(3 * 54 + 2 * 12);
  expect(nodeMiddle(0, 1, height)).toBe(height / 2);
  expect([0, 1, 2].map((index) => nodeMiddle(index, 3, height))).toEqual([27, 93, 159]);
});
