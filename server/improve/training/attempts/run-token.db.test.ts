import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { type Context, transact } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { listArtifacts } from "#server/develop/tracking/artifacts/queries.ts";
import { storeArtifact } from "#server/develop/tracking/artifacts/store-artifact.ts";
import { createExperiment } from "#server/develop/tracking/experiments/create-experiment.ts";
import { getExperiment } from "#server/develop/tracking/experiments/queries.ts";
import { getMetricHistory } from "#server/develop/tracking/metrics/history-queries.ts";
import { logBatch } from "#server/develop/tracking/metrics/log-batch.ts";
import { createLoggedModel } from "#server/develop/tracking/models/create-logged-model.ts";
import { finishLoggedModel } from "#server/develop/tracking/models/finish-logged-model.ts";
import { createRun } from "#server/develop/tracking/runs/create-run.ts";
import { getRun, searchRuns } from "#server/develop/tracking/runs/queries.ts";
import { setRunTag } from "#server/develop/tracking/runs/set-run-tag.ts";
import { updateRun } from "#server/develop/tracking/runs/update-run.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { createToken } from "#server/platform/identity/tokens/create-token.ts";
import { contextOfToken } from "#server/platform/identity/tokens/identify-token.ts";
import { listTokens } from "#server/platform/identity/tokens/queries.ts";
import { launchJob, newTrainingJob, startAttempt } from "#server/testing/fixtures/training/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { lockJob } from "../jobs/lock-job.ts";
import { fenceAttempts } from "./fence-attempts.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = mkdtempSync(join(tmpdir(), "leeway-run-token-"));
afterAll(() => rmSync(folder, { recursive: true }));
const store = await openLocalStore(folder);

/** A job whose attempt has started: people, and its program. */
async function newAttempt() {
  const ctx = await newWorkspace(db);
  const job = await newTrainingJob(ctx);
  const { environment } = await startAttempt(ctx, await launchJob(ctx, job.id));
  const program = await contextOfToken(db, environment.MLFLOW_TRACKING_TOKEN ?? "");
  return { ctx, job, program, environment };
}

const point = (step: number) => ({ key: "loss", value: 1, timestamp: step, step });
const log = (ctx: Context, runId: string, step: number) =>
  logBatch(ctx, { runId, metrics: [point(step)], params: [], tags: [] });
const fence = (ctx: Context, jobId: string) =>
  transact(ctx, async (ctx) => {
    await lockJob(ctx, jobId);
    await fenceAttempts(ctx, jobId);
  });
const artifact = (path: string) => ({ path, body: Readable.from([Buffer.from("x")]), maxBytes: 10 });
const pathOf = (uri: string) => uri.replace("mlflow-artifacts:/", "");

test("the program of a job writes its run, runs in it, their models and files", async () => {
  const { ctx, job, program, environment } = await newAttempt();
  const run = await getRun(program, job.runId);
  expect(environment.MLFLOW_EXPERIMENT_ID).toBe(String(run.experimentId));
  await updateRun(program, { runId: run.id, status: "RUNNING" });
  await log(program, run.id, 1);
  const { experimentId } = run;
  const nested = await createRun(program, { experimentId });
  expect(nested.parentRunId).toBe(run.id);
  const deeper = await createRun(program, { experimentId, tags: [{ key: "mlflow.parentRunId", value: nested.id }] });
  await log(program, deeper.id, 1);
  const model = await createLoggedModel(program, { experimentId, params: [], tags: [] });
  expect(model.sourceRunId).toBe(run.id);
  await finishLoggedModel(program, { modelId: model.id, status: "LOGGED_MODEL_READY" });
  await storeArtifact(program, store, artifact(`${pathOf(deeper.artifactUri)}/a.txt`));
  await storeArtifact(program, store, artifact(`${pathOf(model.artifactUri)}/a.txt`));
  expect(await listArtifacts(program, store, pathOf(deeper.artifactUri))).toMatchObject([{ name: "a.txt" }]);
  expect((await getRun(ctx, run.id)).metrics).toMatchObject([{ key: "loss" }]);
  expect((await listTokens(ctx, {})).tokens).toEqual([]);
});

test("the program of a job neither reads nor writes anything else of its workspace", async () => {
  const { ctx, job, program } = await newAttempt();
  const other = await createRun(ctx, { experimentId: await createExperiment(ctx, { name: "another" }) });
  const { experimentId } = await getRun(ctx, job.runId);
  const sibling = await createRun(ctx, { experimentId });
  const model = await createLoggedModel(ctx, { experimentId, params: [], tags: [] });
  const tag = { key: "mlflow.parentRunId", value: job.runId };
  const calls: Record<string, () => Promise<unknown>> = {
    "read a run": () => getRun(program, sibling.id),
    "search runs": () => searchRuns(program, { experimentIds: [experimentId], limit: 1 } as never),
    "read metrics": () => getMetricHistory(program, { runId: sibling.id, key: "loss", limit: 1 }),
    "read an experiment": () => getExperiment(program, other.experimentId),
    "log to a run": () => log(program, sibling.id, 1),
    "adopt a run": () => setRunTag(program, { runId: sibling.id, ...tag }),
    "nest a run elsewhere": () =>
      createRun(program, { experimentId, tags: [{ key: "mlflow.parentRunId", value: sibling.id }] }),
    "create a run in another experiment": () => createRun(program, { experimentId: other.experimentId }),
    "store a file": () => storeArtifact(program, store, artifact(`${pathOf(sibling.artifactUri)}/a.txt`)),
    "list files": () => listArtifacts(program, store, pathOf(sibling.artifactUri)),
    "finish a model": () => finishLoggedModel(program, { modelId: model.id, status: "LOGGED_MODEL_READY" }),
    "store a file of a model": () => storeArtifact(program, store, artifact(`${pathOf(model.artifactUri)}/a.txt`)),
    "create a token": () => createToken(program, { name: "x", scopes: ["tracking"] }),
  };
  for (const [name, call] of Object.entries(calls)) {
    await expect(call(), name).rejects.toMatchObject({ code: "forbidden" });
  }
  // Points of its own run do not reach a model of others either.
  const batch = { runId: job.runId, metrics: [{ ...point(1), modelId: model.id }], params: [], tags: [] };
  await expect(logBatch(program, batch)).rejects.toMatchObject({ code: "forbidden" });
});

test("nothing that a fenced attempt writes is stored, however many of its calls are under way", async () => {
  const { ctx, job, program } = await newAttempt();
  const { artifactUri, experimentId } = await getRun(ctx, job.runId);
  const nested = await createRun(program, { experimentId });
  const refusals: unknown[] = [];
  let [step, isOver] = [0, false];
  const writer = async (write: () => Promise<unknown>) => {
    while (!isOver) await write().catch((error: unknown) => refusals.push(error));
  };
  const stored = async () => ({
    own: (await getMetricHistory(ctx, { runId: job.runId, key: "loss", limit: 25_000 })).rows.length,
    nested: (await getMetricHistory(ctx, { runId: nested.id, key: "loss", limit: 25_000 })).rows.length,
    files: (await listArtifacts(ctx, store, pathOf(artifactUri))).length,
    runs: (await searchRuns(ctx, { experimentIds: [experimentId], limit: 1_000 } as never)).rows.length,
  });
  const nextStep = () => {
    step += 1;
    return step;
  };
  const writers = [
    ...Array.from({ length: 4 }, () => writer(() => log(program, job.runId, nextStep()))),
    writer(() => log(program, nested.id, nextStep())),
    writer(() => createRun(program, { experimentId })),
    writer(() => storeArtifact(program, store, artifact(`${pathOf(artifactUri)}/${nextStep()}.txt`))),
  ];
  while (step < 60) await new Promise((resolve) => setTimeout(resolve, 10));
  await fence(ctx, job.id);
  const atFence = await stored();
  const stepAtFence = step;
  while (step < stepAtFence + 60) await new Promise((resolve) => setTimeout(resolve, 10));
  isOver = true;
  await Promise.all(writers);
  expect(await stored()).toEqual(atFence);
  expect(atFence.own).toBeGreaterThan(10);
  expect(refusals.length).toBeGreaterThan(50);
  expect(refusals).toEqual(refusals.map(() => expect.objectContaining({ code: "forbidden" })));
});

test("a later call with the token of a fenced attempt is forbidden, which clients do not repeat", async () => {
  const ctx = await newWorkspace(db);
  const { id } = await newTrainingJob(ctx);
  const { environment } = await startAttempt(ctx, await launchJob(ctx, id));
  await fence(ctx, id);
  await expect(contextOfToken(db, environment.MLFLOW_TRACKING_TOKEN ?? "")).rejects.toMatchObject({
    code: "forbidden",
    message: "This attempt of the training job has ended, or another one has replaced it.",
  });
});
