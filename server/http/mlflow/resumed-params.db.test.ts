import { expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { contextOfToken } from "#server/platform/identity/tokens/identify-token.ts";
import { mlflowServer } from "#server/testing/fixtures/http/mlflow/testing.ts";
import { launchJob, newTrainingJob, startAttempt } from "#server/testing/fixtures/training/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();

/** What a caller sends to the REST API of MLflow. */
async function callsOf(ctx: Context, caller: Context, run_id: string) {
  const app = await mlflowServer(ctx, { authenticate: async () => caller });
  const post = (path: string, payload: object) =>
    app.inject({ method: "POST", url: `/api/2.0/mlflow/runs/${path}`, payload: { run_id, ...payload } });
  return {
    logParam: async (key: string, value: string) => (await post("log-parameter", { key, value })).statusCode,
    logBatch: async (params: object[]) => (await post("log-batch", { params })).statusCode,
    params: async () => (await app.inject({ url: `/api/2.0/mlflow/runs/get?run_id=${run_id}` })).json().run.data.params,
  };
}

test("a resumed program may log a param again with another value, and the first one stays", async () => {
  const people = await newWorkspace(db);
  const { id, runId } = await newTrainingJob(people);
  const start = async () => {
    const { environment } = await startAttempt(people, await launchJob(people, id));
    return callsOf(people, await contextOfToken(db, environment.MLFLOW_TRACKING_TOKEN ?? ""), runId);
  };
  const first = await start();
  expect(await first.logParam("output_dir", "/tmp/a/checkpoints")).toBe(200);
  expect(await first.logParam("output_dir", "/tmp/b/checkpoints")).toBe(400);
  expect(await first.logBatch([{ key: "output_dir", value: "/tmp/b/checkpoints" }])).toBe(400);

  const second = await start();
  expect(await second.logParam("output_dir", "/tmp/b/checkpoints")).toBe(200);
  const batch = [
    { key: "output_dir", value: "/tmp/c/checkpoints" },
    { key: "seed", value: "7" },
  ];
  expect(await second.logBatch(batch)).toBe(200);
  const kept = [
    { key: "output_dir", value: "/tmp/a/checkpoints" },
    { key: "seed", value: "7" },
  ];
  expect(await second.params()).toEqual(kept);

  const others = await callsOf(people, people, runId);
  expect(await others.logParam("output_dir", "/tmp/b/checkpoints")).toBe(400);
  expect(await others.params()).toEqual(kept);
});
