import { expect, test } from "vitest";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { auditedActions, expectRefusal, newRun, point } from "../../../testing/fixtures/tracking/testing.ts";
import { getExperiment } from "../experiments/queries.ts";
import { logMetric } from "../metrics/log-metric.ts";
import { createRun } from "./create-run.ts";
import { deleteRun } from "./delete-run.ts";
import { deleteRunTag } from "./delete-run-tag.ts";
import { logInputs } from "./log-inputs.ts";
import { logModelJson } from "./log-model-json.ts";
import { logOutputs } from "./log-outputs.ts";
import { logParam } from "./log-param.ts";
import { getRun, searchRuns } from "./queries.ts";
import { restoreRun } from "./restore-run.ts";
import { setRunTag } from "./set-run-tag.ts";
import { updateRun } from "./update-run.ts";

const unknown = "f".repeat(32);

test(
  "creates a run with its name tag, its parent and its experiment's folder",
  inWorkspace(async (ctx) => {
    const { runId: parent, experimentId } = await newRun(ctx);
    const run = await createRun(ctx, {
      experimentId,
      name: "child",
      userName: "ada",
      startedAt: 5,
      tags: [{ key: "mlflow.parentRunId", value: parent }],
    });
    expect(run).toMatchObject({
      name: "child",
      userName: "ada",
      status: "RUNNING",
      startedAt: 5,
      endedAt: null,
      parentRunId: parent,
      artifactUri: `mlflow-artifacts:/${experimentId}/${run.id}/artifacts`,
    });
    expect(run.tags).toContainEqual({ key: "mlflow.runName", value: "child" });
    expect((await createRun(ctx, { experimentId })).name).toMatch(/^[a-z]+-[a-z]+-\d+$/);
    await expectRefusal(createRun(ctx, { experimentId: 99_999 }), "not-found");
    const tags = [{ key: "mlflow.runName", value: "b" }];
    await expectRefusal(createRun(ctx, { experimentId, name: "a", tags }), "invalid", "different values");
  }),
);

test(
  "updates only given fields, keeps the end time of a resumed run, and ignores an empty name",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    await updateRun(ctx, { runId, status: "FINISHED", endedAt: 7 });
    expect(await updateRun(ctx, { runId, status: "RUNNING", name: "" })).toMatchObject({
      status: "RUNNING",
      endedAt: 7,
      name: "run",
    });
    await updateRun(ctx, { runId, name: "renamed" });
    expect((await getRun(ctx, runId)).tags).toContainEqual({ key: "mlflow.runName", value: "renamed" });
    await setRunTag(ctx, { runId, key: "mlflow.runName", value: "by tag" });
    expect((await getRun(ctx, runId)).name).toBe("by tag");
    await expectRefusal(updateRun(ctx, { runId: unknown, status: "FAILED" }), "not-found");
  }),
);

test(
  "deletes and restores a run idempotently, and rejects writes to a deleted run",
  inWorkspace(async (ctx) => {
    const { runId, experimentId } = await newRun(ctx);
    await deleteRun(ctx, runId);
    await deleteRun(ctx, runId);
    expect((await searchRuns(ctx, { experimentIds: [experimentId], limit: 10 })).rows).toEqual([]);
    for (const write of [
      () => logMetric(ctx, { runId, ...point("m", 1) }),
      () => logParam(ctx, { runId, key: "p", value: "1" }),
      () => setRunTag(ctx, { runId, key: "t", value: "1" }),
      () => deleteRunTag(ctx, { runId, key: "mlflow.runName" }),
      () => updateRun(ctx, { runId, status: "FAILED" }),
      () => logInputs(ctx, { runId }),
      () => logOutputs(ctx, { runId, models: [] }),
    ]) {
      await expectRefusal(write(), "invalid", `The run ${runId} must be in the 'active' state.`);
    }
    await restoreRun(ctx, runId);
    await restoreRun(ctx, runId);
    expect((await getRun(ctx, runId)).isDeleted).toBe(false);
    expect(await auditedActions(ctx)).toEqual(["experiment.created", "run.deleted", "run.restored"]);
    await expectRefusal(deleteRun(ctx, unknown), "not-found");
    await expectRefusal(restoreRun(ctx, unknown), "not-found");
  }),
);

test(
  "writes a param once, comparing truncated values",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    await logParam(ctx, { runId, key: "long", value: "x".repeat(6001) });
    await logParam(ctx, { runId, key: "long", value: "x".repeat(6002) });
    await expectRefusal(
      logParam(ctx, { runId, key: "long", value: "y" }),
      "invalid",
      "Changing param values is not allowed. Param with key='long'",
    );
    expect((await getRun(ctx, runId)).params).toEqual([{ key: "long", value: "x".repeat(6000) }]);
  }),
);

test(
  "replaces, truncates and removes a tag, and clears the parent with its tag",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    await setRunTag(ctx, { runId, key: "mlflow.parentRunId", value: "p" });
    await setRunTag(ctx, { runId, key: "long", value: "x".repeat(8001) });
    expect((await getRun(ctx, runId)).parentRunId).toBe("p");
    await deleteRunTag(ctx, { runId, key: "mlflow.parentRunId" });
    const run = await getRun(ctx, runId);
    expect(run.parentRunId).toBeNull();
    expect(run.tags.find(({ key }) => key === "long")?.value).toHaveLength(8000);
    await expectRefusal(deleteRunTag(ctx, { runId, key: "none" }), "not-found", "No tag with name: none");
  }),
);

test(
  "stores a dataset once per experiment, name and digest, and once per run",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    const dataset = { name: "parcels", digest: "d1", sourceType: "http", source: "{}" };
    const context = (value: string) => [{ key: "mlflow.data.context", value }];
    await logInputs(ctx, {
      runId,
      datasets: [{ ...dataset, schema: "s", tags: context("training") }],
      modelIds: ["m-1"],
    });
    await logInputs(ctx, {
      runId,
      datasets: [{ ...dataset, schema: "other", tags: context("eval") }],
      modelIds: ["m-1"],
    });
    const run = await getRun(ctx, runId);
    expect(run.datasets).toEqual([{ ...dataset, schema: "s", profile: null, tags: context("training") }]);
    expect(run.inputModelIds).toEqual(["m-1"]);
    await expect(logInputs(ctx, { runId, datasets: [{ ...dataset, digest: "x".repeat(37) }] })).rejects.toThrow(
      "'digest' exceeds the maximum length of 36 characters",
    );
    await expectRefusal(logInputs(ctx, { runId: unknown }), "not-found");
  }),
);

test(
  "updates the step of an output that is logged again",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    await logOutputs(ctx, { runId, models: [{ modelId: "m-1", step: 1 }] });
    await logOutputs(ctx, { runId, models: [{ modelId: "m-1", step: 2 ** 40 }] });
    expect((await getRun(ctx, runId)).outputModels).toEqual([{ modelId: "m-1", step: 2 ** 40 }]);
  }),
);

test(
  "stores models of old clients in a tag, and drops the oldest when it is full",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    const model = (name: string) =>
      JSON.stringify({ artifact_path: name, flavors: { text: "x".repeat(3000) }, utc_time_created: "", run_id: runId });
    for (const name of ["a", "b", "c"]) await logModelJson(ctx, { runId, modelJson: model(name) });
    const { tags } = await getRun(ctx, runId);
    const history = JSON.parse(tags.find(({ key }) => key === "mlflow.log-model.history")?.value ?? "");
    expect(history.map((one: { artifact_path: string }) => one.artifact_path)).toEqual(["b", "c"]);
    await expectRefusal(logModelJson(ctx, { runId, modelJson: "{" }), "invalid", "not a valid JSON");
    await expectRefusal(logModelJson(ctx, { runId, modelJson: "{}" }), "invalid", "missing mandatory fields");
  }),
);

test(
  "neither reads, writes nor finds runs of another workspace",
  inWorkspace(async (ctx) => {
    const { runId, experimentId } = await newRun(ctx);
    const outsider = await newWorkspace(ctx.db);
    await expectRefusal(getRun(outsider, runId), "not-found");
    await expectRefusal(logParam(outsider, { runId, key: "p", value: "1" }), "not-found");
    await expectRefusal(deleteRun(outsider, runId), "not-found");
    expect((await searchRuns(outsider, { experimentIds: [experimentId], limit: 10 })).rows).toEqual([]);
    expect(await getExperiment(ctx, experimentId)).toBeDefined();
  }),
);
