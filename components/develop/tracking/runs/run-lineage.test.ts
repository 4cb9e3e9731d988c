import { expect, test } from "vitest";
import type { Run, RunRelatives } from "#server/develop/tracking/runs/contract.ts";
import { runLineage } from "./run-lineage.ts";

const run = { id: "r1", name: "even-keel", experimentId: 3, datasets: [], inputModelIds: [] } as unknown as Run;
const none: RunRelatives = {
  experimentName: "parcels",
  parent: null,
  children: [],
  models: [],
  versions: [],
  trainingSets: [],
};
const titles = (run: Run, relatives: RunRelatives) =>
  runLineage(run, relatives).map(({ nodes }) =>
    nodes.map(({ title, detail, href }) => [title, detail, href].join("|")),
  );

test("orders inputs, parent run and outputs of a run from left to right", () => {
  const dataset = { name: "photos", digest: "05-08", tags: [{ key: "mlflow.data.context", value: "training" }] };
  const full = { ...run, datasets: [dataset], inputModelIds: ["m-1"] } as unknown as Run;
  const relatives = {
    ...none,
    parent: { id: "p", name: "sweep", experimentId: 3 },
    children: [run, run],
    models: [{ id: "m-2", name: "net", type: "", status: "LOGGED_MODEL_READY" as const, artifactUri: "" }],
    versions: [{ modelName: "parcels", version: 4 }],
  };
  expect(titles(full, relatives)).toEqual([
    ["photos|training, 05-08|/datasets/photos?version=05-08", "m-1|input model|"],
    ["sweep|parent run|/experiments/3/runs/p", "even-keel|this run, started 2\u00a0child runs|"],
    ["net|logged model|"],
    ["parcels v4|registered|/models/parcels/v4"],
  ]);
});

test("states what is missing", () => {
  expect(titles(run, none)).toEqual([
    ["No dataset|none logged by this run|"],
    ["even-keel|this run|"],
    ["No model|none logged by this run|"],
    ["No version|none registered from this run|"],
  ]);
});
