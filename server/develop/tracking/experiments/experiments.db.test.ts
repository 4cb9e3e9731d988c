import { expect, test } from "vitest";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { auditedActions, expectRefusal } from "../../../testing/fixtures/tracking/testing.ts";
import { createRun } from "../runs/create-run.ts";
import { deleteRun } from "../runs/delete-run.ts";
import { getRun } from "../runs/queries.ts";
import { createDefaultExperiment } from "./create-default-experiment.ts";
import { createExperiment } from "./create-experiment.ts";
import { deleteExperiment } from "./delete-experiment.ts";
import { deleteExperimentTag } from "./delete-experiment-tag.ts";
import { getExperiment, getExperimentByName, searchExperiments } from "./queries.ts";
import { renameExperiment } from "./rename-experiment.ts";
import { restoreExperiment } from "./restore-experiment.ts";
import { setExperimentTag } from "./set-experiment-tag.ts";

test(
  "creates the default experiment only once, even after a rename",
  inWorkspace(async (ctx) => {
    await createDefaultExperiment(ctx);
    await renameExperiment(ctx, { experimentId: 0, name: "Ours" });
    await createDefaultExperiment(ctx);
    expect(await getExperiment(ctx, 0)).toMatchObject({ name: "Ours", artifactLocation: "mlflow-artifacts:/0" });
  }),
);

test(
  "creates an experiment with its tags, the last per key, and records it in the audit log",
  inWorkspace(async (ctx) => {
    const tags = [
      { key: "team", value: "a" },
      { key: "team", value: "b" },
    ];
    const id = await createExperiment(ctx, { name: "vision", tags });
    expect(await getExperiment(ctx, id)).toMatchObject({
      name: "vision",
      artifactLocation: `mlflow-artifacts:/${id}`,
      isDeleted: false,
      tags: [{ key: "team", value: "b" }],
    });
    expect(await auditedActions(ctx)).toEqual(["experiment.created"]);
  }),
);

test(
  "rejects an existing, blank or too long name and an unusable location",
  inWorkspace(async (ctx) => {
    await createExperiment(ctx, { name: "vision" });
    await expectRefusal(
      createExperiment(ctx, { name: "vision" }),
      "conflict",
      "Experiment(name=vision) already exists.",
    );
    await createExperiment(ctx, { name: "VISION" });
    for (const name of ["  ", "x".repeat(501)]) await expect(createExperiment(ctx, { name })).rejects.toThrow("name");
    await expect(createExperiment(ctx, { name: "x".repeat(2 ** 20) })).rejects.toThrow("500 characters");
    await expect(createExperiment(ctx, { name: "a\u202eb" })).rejects.toThrow("Remove control characters");
    for (const artifactLocation of ["s3://b/p#f", "s3://b/p;x", "runs:/x/y"]) {
      await expect(createExperiment(ctx, { name: "other", artifactLocation })).rejects.toThrow();
    }
  }),
);

test(
  "records a rename, ignores an unchanged name, and rejects an existing one",
  inWorkspace(async (ctx) => {
    const id = await createExperiment(ctx, { name: "a" });
    await createExperiment(ctx, { name: "b" });
    await renameExperiment(ctx, { experimentId: id, name: "a" });
    await expectRefusal(renameExperiment(ctx, { experimentId: id, name: "b" }), "conflict", "already exists");
    await renameExperiment(ctx, { experimentId: id, name: "c" });
    expect((await getExperiment(ctx, id)).name).toBe("c");
    expect((await auditedActions(ctx)).filter((action) => action === "experiment.renamed")).toHaveLength(1);
    await expectRefusal(renameExperiment(ctx, { experimentId: 99_999, name: "d" }), "not-found");
  }),
);

test(
  "deletes an experiment with its runs, frees its name, and restores exactly those runs",
  inWorkspace(async (ctx) => {
    const id = await createExperiment(ctx, { name: "vision" });
    const kept = await createRun(ctx, { experimentId: id });
    const dropped = await createRun(ctx, { experimentId: id });
    await deleteRun(ctx, dropped.id);
    await deleteExperiment(ctx, id);
    expect((await getRun(ctx, kept.id)).isDeleted).toBe(true);
    expect(await getExperimentByName(ctx, "vision")).toMatchObject({ id, isDeleted: true });
    await expectRefusal(deleteExperiment(ctx, id), "not-found");
    await expectRefusal(createRun(ctx, { experimentId: id }), "invalid", "must be in the 'active' state");
    await expectRefusal(setExperimentTag(ctx, { experimentId: id, key: "k", value: "" }), "invalid");
    const successor = await createExperiment(ctx, { name: "vision" });
    expect((await getExperimentByName(ctx, "vision")).id).toBe(successor);
    await expectRefusal(restoreExperiment(ctx, id), "conflict", "already exists");
    await renameExperiment(ctx, { experimentId: successor, name: "vision 2" });
    await restoreExperiment(ctx, id);
    expect((await getRun(ctx, kept.id)).isDeleted).toBe(false);
    expect((await getRun(ctx, dropped.id)).isDeleted).toBe(true);
    await expectRefusal(restoreExperiment(ctx, id), "not-found");
    const actions = await auditedActions(ctx);
    expect(actions).toContain("experiment.deleted");
    expect(actions).toContain("experiment.restored");
  }),
);

test(
  "sets, replaces and removes tags",
  inWorkspace(async (ctx) => {
    const experimentId = await createExperiment(ctx, { name: "a" });
    await setExperimentTag(ctx, { experimentId, key: "k", value: "1" });
    await setExperimentTag(ctx, { experimentId, key: "k", value: "2" });
    expect((await getExperiment(ctx, experimentId)).tags).toEqual([{ key: "k", value: "2" }]);
    await deleteExperimentTag(ctx, { experimentId, key: "k" });
    await expectRefusal(deleteExperimentTag(ctx, { experimentId, key: "k" }), "not-found", "No tag with name: k");
    await expectRefusal(setExperimentTag(ctx, { experimentId, key: "a//b", value: "" }), "invalid");
    await expect(setExperimentTag(ctx, { experimentId, key: "k", value: "x".repeat(5001) })).rejects.toThrow("5000");
  }),
);

test(
  "isolates experiments of different workspaces",
  inWorkspace(async (ctx) => {
    const id = await createExperiment(ctx, { name: "vision" });
    const outsider = await newWorkspace(ctx.db);
    await expectRefusal(getExperiment(outsider, id), "not-found");
    await expectRefusal(deleteExperiment(outsider, id), "not-found");
    await expectRefusal(getExperimentByName(outsider, "vision"), "not-found");
    await createExperiment(outsider, { name: "vision" });
    expect((await searchExperiments(outsider, { limit: 10 })).rows).toHaveLength(1);
  }),
);
