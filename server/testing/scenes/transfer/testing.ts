import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { onTestFinished } from "vitest";
import type { Context } from "#server/base/context.ts";
import { setAlias } from "#server/develop/registry/aliases/set-alias.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { createModelVersion } from "#server/develop/registry/versions/create-model-version.ts";
import { storeArtifact } from "#server/develop/tracking/artifacts/store-artifact.ts";
import { createExperiment } from "#server/develop/tracking/experiments/create-experiment.ts";
import { logBatch } from "#server/develop/tracking/metrics/log-batch.ts";
import { createLoggedModel } from "#server/develop/tracking/models/create-logged-model.ts";
import { finishLoggedModel } from "#server/develop/tracking/models/finish-logged-model.ts";
import { createRun } from "#server/develop/tracking/runs/create-run.ts";
import { logInputs } from "#server/develop/tracking/runs/log-inputs.ts";
import { logOutputs } from "#server/develop/tracking/runs/log-outputs.ts";
import { updateRun } from "#server/develop/tracking/runs/update-run.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";

/** An empty store of artifacts, gone after the test. */
export async function newStore(): Promise<ArtifactStore> {
  const folder = await mkdtemp(join(tmpdir(), "leeway-transfer-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return openLocalStore(folder);
}

const tag = (key: string, value: string) => ({ key, value });

/** A workspace with one of everything that is taken over: a run with a child, a logged model, a version with an alias. */
export async function furnish(ctx: Context, artifacts: ArtifactStore) {
  const experimentId = await createExperiment(ctx, { name: "parcels", tags: [tag("team", "sorting")] });
  const put = (root: string, path: string, text: string) =>
    storeArtifact(ctx, artifacts, {
      path: `${root.replace("mlflow-artifacts:/", "")}/${path}`,
      body: Readable.from([Buffer.from(text)]),
      maxBytes: 1_000_000,
    });
  const parent = await createRun(ctx, { experimentId, name: "sweep", userName: "priya", startedAt: 1_000 });
  const tags = [tag("mlflow.parentRunId", parent.id), tag("team", "a")];
  const child = await createRun(ctx, { experimentId, name: "first", startedAt: 2_000, tags });
  await logBatch(ctx, {
    runId: child.id,
    metrics: [
      ...Array.from({ length: 40 }, (_, step) => ({
        key: "loss",
        value: 1 / (step + 1),
        timestamp: 3_000 + step,
        step,
      })),
      { key: "val/acc", value: 0.5, timestamp: 4_000, step: 1 },
      { key: "val/acc", value: Number.NaN, timestamp: 4_001, step: 2 },
    ],
    params: [tag("lr", "0.1"), tag("note", "a, “b”\nc")],
    tags: [],
  });
  const dataset = { name: "parcels", digest: "d1", sourceType: "local", source: "{}", schema: "{}", profile: null };
  await logInputs(ctx, {
    runId: child.id,
    datasets: [{ ...dataset, tags: [tag("mlflow.data.context", "training")] }],
  });
  await put(child.artifactUri, "plots/loss.txt", "a picture");
  await put(child.artifactUri, "empty.txt", "");
  const model = await createLoggedModel(ctx, {
    experimentId,
    name: "net",
    modelType: "classifier",
    sourceRunId: child.id,
    params: [tag("depth", "3")],
    tags: [tag("kind", "small")],
  });
  await put(model.artifactUri, "MLmodel", "flavors: {}\n");
  await finishLoggedModel(ctx, { modelId: model.id, status: "LOGGED_MODEL_READY" });
  await logOutputs(ctx, { runId: child.id, models: [{ modelId: model.id, step: 7 }] });
  const point = { key: "acc", value: 0.75, timestamp: 5_000, step: 7, modelId: model.id };
  await logBatch(ctx, { runId: child.id, metrics: [point], params: [], tags: [] });
  await updateRun(ctx, { runId: child.id, status: "FINISHED", endedAt: 9_000 });
  await updateRun(ctx, { runId: parent.id, status: "FAILED", endedAt: 9_500 });
  await createRegisteredModel(ctx, { name: "sorter", description: "sorts", tags: [tag("tier", "1")] });
  await createModelVersion(ctx, { name: "sorter", source: `models:/${model.id}`, description: "one" });
  await createModelVersion(ctx, { name: "sorter", source: `runs:/${child.id}/plots`, tags: [tag("gate", "passed")] });
  await setAlias(ctx, { name: "sorter", version: 2, alias: "champion" });
  return { experimentId, parentId: parent.id, childId: child.id, modelId: model.id };
}
