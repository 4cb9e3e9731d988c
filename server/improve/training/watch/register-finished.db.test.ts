import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { modelVersions, registeredModels, trainingJobs } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { getVersionDetails } from "#server/develop/registry/versions/lineage-queries.ts";
import { createLoggedModel } from "#server/develop/tracking/models/create-logged-model.ts";
import { getRun } from "#server/develop/tracking/runs/queries.ts";
import { attemptOnce } from "#server/platform/jobs/watcher.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import type { JobSpec } from "../contract.ts";
import { registerFinished } from "./register-finished.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const round = {
  db,
  startedAt: Date.now(),
  now: Date.now,
  isStopping: () => false,
  attempt: attemptOnce,
  isSetAside: () => false,
};

/** A job that has finished, whose program logged a model or not. */
async function newFinished(
  ctx: Context,
  { hasModel = true, registerAs = "digits" as string | null, models = {} as JobSpec["models"] } = {},
) {
  const job = await newTrainingJob(ctx, { registerAs, models });
  const { experimentId } = await getRun(ctx, job.runId);
  const model = { experimentId, sourceRunId: job.runId, name: "model", params: [], tags: [] };
  const leeway = systemContext(db, ctx.actor.workspaceId, "test");
  if (hasModel) await createLoggedModel(leeway, { ...model, status: "LOGGED_MODEL_READY" });
  await db.update(trainingJobs).set({ state: "finished", endedAt: new Date() }).where(eq(trainingJobs.id, job.id));
  return job;
}

const versionsOf = (ctx: Context) =>
  db
    .select({ model: registeredModels.name, version: modelVersions.version, runId: modelVersions.runId })
    .from(modelVersions)
    .innerJoin(registeredModels, eq(registeredModels.id, modelVersions.modelId))
    .where(eq(modelVersions.workspaceId, ctx.actor.workspaceId))
    .orderBy(modelVersions.version);

test("a finished job registers the model of its run, once, however many workers look", async () => {
  const ctx = await newWorkspace(db);
  const first = await newFinished(ctx);
  await Promise.all([registerFinished(round), registerFinished(round), registerFinished(round)]);
  await registerFinished(round);
  expect(await versionsOf(ctx)).toEqual([{ model: "digits", version: 1, runId: first.runId }]);
  const second = await newFinished(ctx);
  await registerFinished(round);
  expect((await versionsOf(ctx)).map(({ runId }) => runId)).toEqual([first.runId, second.runId]);
  // What a person has removed is not made again.
  await db.delete(modelVersions).where(eq(modelVersions.runId, first.runId));
  await registerFinished(round);
  expect((await versionsOf(ctx)).map(({ runId }) => runId)).toEqual([second.runId]);
});

test("looks no more at a job that was registered, whatever became of its version", async () => {
  const ctx = await newWorkspace(db);
  const job = await newFinished(ctx);
  await registerFinished(round);
  await db.delete(modelVersions).where(eq(modelVersions.runId, job.runId));
  // The run has another model since, so that the request would be another one.
  const { experimentId } = await getRun(ctx, job.runId);
  const leeway = systemContext(db, ctx.actor.workspaceId, "test");
  const model = { experimentId, sourceRunId: job.runId, name: "later", params: [], tags: [] };
  await createLoggedModel(leeway, { ...model, status: "LOGGED_MODEL_READY" });
  const looked: string[] = [];
  await registerFinished({
    ...round,
    attempt: async ({ id }, work) => {
      looked.push(id);
      await work();
    },
  });
  expect(looked).not.toContain(`version of ${job.id}`);
  expect(await versionsOf(ctx)).toEqual([]);
});

test("registers nothing that was not asked for, or not made", async () => {
  const ctx = await newWorkspace(db);
  await newFinished(ctx, { hasModel: false });
  await newFinished(ctx, { registerAs: null });
  const failed = await newFinished(ctx);
  await db.update(trainingJobs).set({ state: "failed" }).where(eq(trainingJobs.id, failed.id));
  await registerFinished(round);
  expect(await versionsOf(ctx)).toEqual([]);
});

test("a version is linked to the ones that its job worked on", async () => {
  const ctx = await newWorkspace(db);
  const other = await newWorkspace(db);
  const sources = [await newVersion(ctx, { model: "large" }), await newVersion(ctx, { model: "small" })];
  const models = Object.fromEntries(sources.map(({ id }, index) => [`source ${index}`, id]));
  await newFinished(ctx, { models });
  await registerFinished(round);
  const key = { name: "digits", version: 1 };
  const lineage = async () => (await getVersionDetails(ctx, key)).lineage.models;
  const [large, small] = ["large", "small"].map((name) => ({ name, version: 1 }));
  expect(await lineage()).toEqual([large, small]);
  await db.delete(modelVersions).where(eq(modelVersions.id, sources[0]?.id ?? ""));
  expect(await lineage()).toEqual([small]);
  const theirs = await newVersion(other);
  await expect(newTrainingJob(ctx, { models: { source: theirs.id } })).rejects.toThrow(/Model version .* not found/);
});

test("only who may register a version submits a job that does", async () => {
  const ctx = await newWorkspace(db);
  const token = { ...ctx, actor: { ...ctx.actor, kind: "user" as const, scopes: ["training"] } };
  await newTrainingJob(ctx);
  await expect(newTrainingJob(token, { registerAs: "digits" })).rejects.toThrow('"registry" scope');
  expect((await newTrainingJob(token)).state).toBe("waiting");
});
