import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { eq } from "drizzle-orm";
import { inferenceTasks, modelVersions, playgroundItems, predictions, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { setModelTag } from "#server/develop/registry/tags/set-model-tag.ts";
import { updateModelVersion } from "#server/develop/registry/versions/update-model-version.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { noteRollout } from "#server/release/rollouts/note-rollout.ts";
import { startRollout } from "#server/release/rollouts/start-rollout.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { LoadTestSettings } from "#server/serve/load-test/contract.ts";
import { startLoadTest } from "#server/serve/load-test/start-load-test.ts";
import { insertRun } from "#server/serve/playground/run-rows.ts";
import { setTaskWebhook } from "#server/serve/tasks/callbacks/set-task-webhook.ts";
import { ended, endTasks } from "#server/serve/tasks/end-task.ts";
import { storeTaskInput } from "#server/serve/tasks/store-task-input.ts";
import { submitTask } from "#server/serve/tasks/submit-task.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";

/** Creates a version, an endpoint that serves it, a queued load test, and a logged prediction. */
export async function serve(ctx: Context, store: ArtifactStore, secret: string) {
  const model = "a-model";
  const { id: versionId, version } = await newVersion(ctx, { model });
  const ofWorkspace = eq(registeredModels.workspaceId, ctx.actor.workspaceId);
  // Same result as a registration through the API.
  const artifactKey = `${ctx.actor.workspaceId}/models/${versionId}.onnx`;
  await ctx.db.update(registeredModels).set({ lastVersion: version }).where(ofWorkspace);
  await ctx.db.update(modelVersions).set({ artifactKey }).where(eq(modelVersions.id, versionId));
  await store.put(artifactKey, Readable.from([Buffer.from(secret)]));
  await setModelTag(ctx, { name: model, key: "tag", value: secret });
  await updateModelVersion(ctx, { name: model, version, description: secret });
  const endpoint = "an-endpoint";
  const { id: endpointId } = await createEndpoint(ctx, { name: endpoint, description: secret });
  await deployVersion(ctx, { endpointId, model, version, reason: secret });
  const settings = LoadTestSettings.parse({ rates: [1] });
  const { id: loadTestId } = await startLoadTest(ctx, {
    endpointId,
    version,
    settings,
    confirmsLive: true,
    reason: secret,
  });
  const predictionId = randomUUID();
  const key = { id: predictionId, workspaceId: ctx.actor.workspaceId, endpointId, versionId, arm: "stable" as const };
  const rest = { at: new Date(), requestId: secret, status: 200, provider: "cpu", latencyMs: 1, caller: secret };
  await ctx.db.insert(predictions).values({ ...key, ...rest });
  return { model, version, versionId, endpoint, endpointId, predictionId, loadTestId };
}

/** Creates a queued task, a dead letter, and the input of a future task. */
export async function submit(ctx: Context, store: ArtifactStore, endpointId: string, secret: string) {
  const rules = { allowsPrivate: true };
  const url = `http://127.0.0.1:1/${secret}`;
  await setTaskWebhook(ctx, { endpointId, url }, rules);
  const input = { endpointId, body: Buffer.from(JSON.stringify({ id: secret })) };
  const { id: taskId } = await submitTask(ctx, input, undefined, { artifacts: store, rules });
  const { id: deadTaskId } = await submitTask(ctx, input, undefined, { artifacts: store, rules });
  const failed = { ...ended("failed"), errorStatus: 400, error: secret };
  await endTasks(ctx, eq(inferenceTasks.id, deadTaskId), failed, "http://gateway.test");
  const { id: taskInputId } = await storeTaskInput(ctx, Readable.from([Buffer.from(secret)]), store);
  return { taskId, deadTaskId, taskInputId };
}

/** Creates a running playground run, and a completed one with an explanation. */
export async function tryOut(ctx: Context, versionId: string, secret: string) {
  const run = {
    modelName: "a-model",
    sides: [{ versionId, version: 1 }],
    words: secret,
    request: { inputs: [secret] },
  };
  const playgroundRunId = await insertRun(ctx, {
    ...run,
    kind: "run",
    state: "done",
    result: { ran: [], difference: [] },
  });
  await insertRun(ctx, { ...run, kind: "explanation", state: "failed", problem: secret, parentId: playgroundRunId });
  const batch = { kind: "batch", state: "running", total: 1 } as const;
  const playgroundBatchId = await insertRun(ctx, { ...run, ...batch });
  const item = { place: 0, name: secret, result: { sides: [], agrees: null, maxAbsolute: null } };
  await ctx.db
    .insert(playgroundItems)
    .values({ workspaceId: ctx.actor.workspaceId, runId: playgroundBatchId, ...item });
  return { playgroundRunId, playgroundBatchId };
}

/** Creates a rollout that is about to start, with a note, on its own endpoint. */
export async function rollOut(ctx: Context, secret: string): Promise<string> {
  const model = "a-rolled-model";
  for (const version of [1, 2]) await newVersion(ctx, { model, version });
  const { id: endpointId } = await createEndpoint(ctx, { name: "a-rolled-endpoint" });
  await deployVersion(ctx, { endpointId, model, version: 1 });
  const plan = { steps: [{ weight: 0.1 }], guardrails: [{ metric: "errors" as const }] };
  const { id: rolloutId } = await startRollout(ctx, { endpointId, version: 2, plan, reason: secret });
  await noteRollout(ctx, { rolloutId, reason: secret });
  return rolloutId;
}
