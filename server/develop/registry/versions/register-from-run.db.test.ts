import { expect, test } from "vitest";
import { createLoggedModel } from "#server/develop/tracking/models/create-logged-model.ts";
import { newRun } from "#server/testing/fixtures/tracking/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { registerFromRun } from "./register-from-run.ts";

test(
  "registers a logged model and a file of a run, and creates the model once",
  inWorkspace(async (ctx) => {
    const { runId, experimentId } = await newRun(ctx);
    const logged = await createLoggedModel(ctx, { experimentId, name: "m", sourceRunId: runId, params: [], tags: [] });
    const first = await registerFromRun(ctx, { name: "digits", runId, loggedModelId: logged.id, description: "best" });
    expect(first).toMatchObject({
      modelName: "digits",
      version: 1,
      source: `models:/${logged.id}`,
      loggedModelId: logged.id,
      runId,
      description: "best",
      inspection: "pending",
    });
    const second = await registerFromRun(ctx, { name: "digits", runId, path: "model/digits.onnx" });
    expect(second).toMatchObject({
      version: 2,
      source: `runs:/${runId}/model/digits.onnx`,
      runId,
      loggedModelId: null,
    });
  }),
);

test(
  "refuses what the run does not hold, and registers nothing then",
  inWorkspace(async (ctx) => {
    const { runId } = await newRun(ctx);
    const name = "digits";
    await expect(registerFromRun(ctx, { name, runId })).rejects.toThrow("Choose a logged model");
    await expect(registerFromRun(ctx, { name, runId, path: "a", loggedModelId: "m-1" })).rejects.toThrow(
      "Choose a logged",
    );
    await expect(registerFromRun(ctx, { name, runId, path: "../other/model.onnx" })).rejects.toThrow("outside");
    await expect(registerFromRun(ctx, { name, runId: "none", path: "a.onnx" })).rejects.toMatchObject({
      code: "not-found",
    });
    await expect(registerFromRun(ctx, { name, runId, loggedModelId: "m-none" })).rejects.toMatchObject({
      code: "not-found",
    });
    expect(await registerFromRun(ctx, { name, runId, path: "a.onnx" })).toMatchObject({ version: 1 });
  }),
);
