import { expect, test } from "vitest";
import type { Context } from "#server/base/context.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { auditedActions, expectRefusal, newRun, point } from "../../../testing/fixtures/tracking/testing.ts";
import { logBatch } from "../metrics/log-batch.ts";
import { getRun } from "../runs/queries.ts";
import { createLoggedModel } from "./create-logged-model.ts";
import { deleteLoggedModel } from "./delete-logged-model.ts";
import { deleteLoggedModelTag } from "./delete-logged-model-tag.ts";
import { finishLoggedModel } from "./finish-logged-model.ts";
import { logLoggedModelParams } from "./log-logged-model-params.ts";
import { getLoggedModel, listRunModels } from "./queries.ts";
import { searchLoggedModels } from "./search.ts";
import { setLoggedModelTags } from "./set-logged-model-tags.ts";

async function newModel(ctx: Context) {
  const { runId, experimentId } = await newRun(ctx);
  const params = [{ key: "lr", value: "0.1" }];
  const model = await createLoggedModel(ctx, { experimentId, name: "m", sourceRunId: runId, params, tags: [] });
  return { runId, experimentId, modelId: model.id, model };
}

test(
  "creates a pending model in its own folder until its upload is finished",
  inWorkspace(async (ctx) => {
    const { model, modelId, experimentId, runId } = await newModel(ctx);
    expect(model).toMatchObject({
      name: "m",
      status: "LOGGED_MODEL_PENDING",
      artifactUri: `mlflow-artifacts:/${experimentId}/models/${modelId}/artifacts`,
      sourceRunId: runId,
      params: [{ key: "lr", value: "0.1" }],
    });
    expect((await finishLoggedModel(ctx, { modelId, status: "LOGGED_MODEL_READY" })).status).toBe("LOGGED_MODEL_READY");
    expect((await listRunModels(ctx, runId)).map(({ id }) => id)).toEqual([modelId]);
  }),
);

test(
  "requires a URL-safe model name, an active experiment and one param per key",
  inWorkspace(async (ctx) => {
    const { experimentId } = await newRun(ctx);
    const make = (more: object) => createLoggedModel(ctx, { experimentId, params: [], tags: [], ...more });
    for (const name of ["a/b", "a.b", "a:b", "a'b"]) await expectRefusal(make({ name }), "invalid", `('${name}')`);
    await expect(make({ name: "x".repeat(501) })).rejects.toThrow(
      "'name' exceeds the maximum length of 500 characters",
    );
    await expect(make({ name: "a\u202eb" })).rejects.toThrow("Remove control characters");
    await expectRefusal(make({ experimentId: 99_999 }), "not-found");
    const params = [
      { key: "p", value: "1" },
      { key: "p", value: "1" },
    ];
    await expectRefusal(make({ params }), "invalid", "Duplicate");
    expect((await make({})).name).toMatch(/^[a-z]+-[a-z]+-\d+$/);
  }),
);

test(
  "writes params once, and replaces and removes tags",
  inWorkspace(async (ctx) => {
    const { modelId } = await newModel(ctx);
    await logLoggedModelParams(ctx, {
      modelId,
      params: [
        { key: "lr", value: "0.1" },
        { key: "b", value: "2" },
      ],
    });
    const changed = logLoggedModelParams(ctx, { modelId, params: [{ key: "lr", value: "9" }] });
    await expectRefusal(changed, "invalid", "Changing param values is not allowed");
    await setLoggedModelTags(ctx, { modelId, tags: [{ key: "t/u", value: "1" }] });
    await setLoggedModelTags(ctx, { modelId, tags: [{ key: "t/u", value: "2" }] });
    expect(await getLoggedModel(ctx, { modelId })).toMatchObject({
      params: [
        { key: "lr", value: "0.1" },
        { key: "b", value: "2" },
      ],
      tags: [{ key: "t/u", value: "2" }],
    });
    await deleteLoggedModelTag(ctx, { modelId, key: "t/u" });
    await expectRefusal(deleteLoggedModelTag(ctx, { modelId, key: "t/u" }), "not-found", "No tag with key 't/u'");
  }),
);

test(
  "also assigns a metric point to the model it names, once",
  inWorkspace(async (ctx) => {
    const { modelId, runId } = await newModel(ctx);
    const more = { modelId, datasetName: "ds", datasetDigest: "d" };
    const batch = { runId, metrics: [point("auc", 0.9, 1, more), point("n", Number.NaN, 1, { modelId })] };
    await logBatch(ctx, { ...batch, params: [], tags: [] });
    await logBatch(ctx, { ...batch, params: [], tags: [] });
    const { metrics } = await getLoggedModel(ctx, { modelId });
    expect(metrics.map(({ key, value, datasetName }) => [key, value, datasetName])).toEqual([
      ["auc", 0.9, "ds"],
      ["n", "NaN", ""],
    ]);
    expect((await getRun(ctx, runId)).metrics).toHaveLength(2);
  }),
);

test(
  "hides a deleted model unless requested explicitly, and records the deletion once",
  inWorkspace(async (ctx) => {
    const { modelId, experimentId } = await newModel(ctx);
    await deleteLoggedModel(ctx, modelId);
    await deleteLoggedModel(ctx, modelId);
    await expectRefusal(getLoggedModel(ctx, { modelId }), "not-found");
    await expectRefusal(finishLoggedModel(ctx, { modelId, status: "LOGGED_MODEL_READY" }), "not-found");
    await expectRefusal(setLoggedModelTags(ctx, { modelId, tags: [] }), "not-found");
    expect((await getLoggedModel(ctx, { modelId, allowDeleted: true })).isDeleted).toBe(true);
    expect((await searchLoggedModels(ctx, { experimentIds: [experimentId], limit: 9 })).rows).toEqual([]);
    expect(await auditedActions(ctx)).toEqual(["experiment.created", "logged-model.deleted"]);
    await expectRefusal(deleteLoggedModel(ctx, "m-none"), "not-found");
  }),
);

test(
  "does not find models of another workspace",
  inWorkspace(async (ctx) => {
    const { modelId, experimentId, runId } = await newModel(ctx);
    const outsider = await newWorkspace(ctx.db);
    await expectRefusal(getLoggedModel(outsider, { modelId }), "not-found");
    await expectRefusal(deleteLoggedModel(outsider, modelId), "not-found");
    expect((await searchLoggedModels(outsider, { experimentIds: [experimentId], limit: 9 })).rows).toEqual([]);
    expect(await listRunModels(outsider, runId)).toEqual([]);
  }),
);
