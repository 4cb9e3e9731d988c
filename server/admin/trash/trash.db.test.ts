import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { eq, sql } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import {
  artifactFiles,
  artifactReleases,
  experiments,
  loggedModels,
  modelVersions,
  purges,
  runs,
} from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { collectArtifacts } from "#server/admin/collection/collect-artifacts.ts";
import { type Context, transact } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { setAlias } from "#server/develop/registry/aliases/set-alias.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { createModelVersion } from "#server/develop/registry/versions/create-model-version.ts";
import { storeArtifact } from "#server/develop/tracking/artifacts/store-artifact.ts";
import { deleteRuns } from "#server/develop/tracking/bulk/delete-runs.ts";
import { restoreRuns } from "#server/develop/tracking/bulk/restore-runs.ts";
import { createExperiment } from "#server/develop/tracking/experiments/create-experiment.ts";
import { deleteExperiment } from "#server/develop/tracking/experiments/delete-experiment.ts";
import { restoreExperiment } from "#server/develop/tracking/experiments/restore-experiment.ts";
import { logBatch } from "#server/develop/tracking/metrics/log-batch.ts";
import { countPointBytes } from "#server/develop/tracking/metrics/purge-points.ts";
import { createLoggedModel } from "#server/develop/tracking/models/create-logged-model.ts";
import { deleteLoggedModel } from "#server/develop/tracking/models/delete-logged-model.ts";
import { createRun } from "#server/develop/tracking/runs/create-run.ts";
import { deleteRun } from "#server/develop/tracking/runs/delete-run.ts";
import { logInputs } from "#server/develop/tracking/runs/log-inputs.ts";
import { restoreRun } from "#server/develop/tracking/runs/restore-run.ts";
import { storeSpans } from "#server/develop/tracking/traces/store-spans.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { serve, waitingJobs } from "#server/testing/fixtures/registry/testing.ts";
import { auditedActions, expectRefusal } from "#server/testing/fixtures/tracking/testing.ts";
import { sampleSpan } from "#server/testing/fixtures/tracking/traces/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { listTrash } from "./list-trash.ts";
import { purgeStep } from "./purge-step.ts";
import { purgeTrash } from "./purge-trash.ts";
import { listPurges, previewPurge } from "./queries.ts";
import { addPurge, requestPurge } from "./request-purge.ts";
import { restore } from "./restore.ts";

configureLog({ role: "test", level: "silent" });
const fresh = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-trash-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const store = await openLocalStore(folder);

/** Creates a run with three points and a file of five bytes. */
async function newRun(ctx: Context, experimentId: number, name = "run") {
  const { id, artifactUri } = await createRun(ctx, { experimentId, name });
  const metrics = [1, 2, 3].map((step) => ({ key: "loss", value: step, timestamp: 1, step }));
  await logBatch(ctx, { runId: id, metrics, params: [{ key: "lr", value: "1" }], tags: [] });
  const path = `${artifactUri.replace("mlflow-artifacts:/", "")}/model.onnx`;
  await storeArtifact(ctx, store, { path, body: Readable.from([Buffer.from("12345")]), maxBytes: 10 });
  return { id, key: `${ctx.actor.workspaceId}/${path}` };
}

const isThere = (key: string) =>
  store.stat(key).then(
    () => true,
    () => false,
  );
const purge = (ctx: Context, kind: "experiment" | "run" | "logged-model", id: string) =>
  requestPurge(ctx, { kind, id, reason: "over" });

test(
  "lists what was deleted, by whom and why, and its size",
  inWorkspace(async (ctx) => {
    const experimentId = await createExperiment(ctx, { name: "kept" });
    const first = await newRun(ctx, experimentId, "first");
    const second = await newRun(ctx, experimentId, "second");
    await deleteRun(ctx, first.id);
    await deleteRuns(ctx, { experimentId, runIds: [second.id], reason: "a try" });
    const model = await createLoggedModel(ctx, { experimentId, name: "net", params: [], tags: [] });
    await deleteLoggedModel(ctx, model.id);
    const deleted = await createExperiment(ctx, { name: "gone" });
    await newRun(ctx, deleted);
    await deleteExperiment(ctx, deleted);
    await newRun(ctx, experimentId, "not deleted");

    const { items, counts } = await listTrash(ctx, {});
    expect(counts).toEqual({ experiment: 1, run: 2, "logged-model": 1, model: 0, version: 0 });
    expect(items.map(({ kind, name, reason, parts, sizeBytes }) => ({ kind, name, reason, parts, sizeBytes }))).toEqual(
      [
        { kind: "experiment", name: "gone", reason: null, parts: 1, sizeBytes: 5 + 3 * 172 },
        { kind: "logged-model", name: "net", reason: null, parts: null, sizeBytes: 0 },
        { kind: "run", name: "second", reason: "a try", parts: null, sizeBytes: 5 + 3 * 172 },
        { kind: "run", name: "first", reason: null, parts: null, sizeBytes: 5 + 3 * 172 },
      ],
    );
    expect(items.every(({ deletedBy }) => deletedBy === ctx.actor.name)).toBe(true);
    const [, , { deletedAt, purgeAt } = { deletedAt: new Date(), purgeAt: null }] = items;
    expect((purgeAt?.getTime() ?? 0) - deletedAt.getTime()).toBe(30 * dayMs);
    expect((await listTrash(ctx, { kind: "run", limit: 1, offset: 1 })).items.map(({ name }) => name)).toEqual([
      "first",
    ]);
    await restore(ctx, { kind: "logged-model", id: model.id });
    await restore(ctx, { kind: "run", id: first.id });
    await restore(ctx, { kind: "experiment", id: String(deleted) });
    expect((await listTrash(ctx, {})).items.map(({ name }) => name)).toEqual(["second"]);
  }),
);

test(
  "counts in a dry run without changing anything",
  inWorkspace(async (ctx) => {
    const experimentId = await createExperiment(ctx, { name: "big" });
    for (const name of ["a", "b"]) await newRun(ctx, experimentId, name);
    await createLoggedModel(ctx, { experimentId, params: [], tags: [] });
    await storeSpans(ctx, experimentId, [sampleSpan({ traceId: `tr-${experimentId}` })]);
    await deleteExperiment(ctx, experimentId);
    const key = { kind: "experiment" as const, id: String(experimentId) };
    expect(await previewPurge(ctx, key)).toEqual({
      ...key,
      name: "big",
      runs: 2,
      loggedModels: 1,
      versions: 0,
      traces: 1,
      pointBytes: 6 * 172,
      files: 2,
      fileBytes: 10,
      usedBy: [],
    });
    expect(await listPurges(ctx)).toEqual([]);
    await expectRefusal(previewPurge(ctx, { kind: "experiment", id: "0" }), "not-found");
    await expectRefusal(previewPurge(await newWorkspace(ctx.db), key), "not-found");
  }),
);

test(
  "rejects purging the source of a version, naming alias, endpoint and dataset",
  inWorkspace(async (ctx) => {
    const experimentId = await createExperiment(ctx, { name: "e" });
    const { id } = await newRun(ctx, experimentId);
    await createRegisteredModel(ctx, { name: "digits" });
    await createModelVersion(ctx, { name: "digits", source: `runs:/${id}/model.onnx` });
    await setAlias(ctx, { name: "digits", version: 1, alias: "champion" });
    await serve(ctx, "digits", 1, "sorter");
    const elsewhere = await createExperiment(ctx, { name: "elsewhere" });
    const other = await createRun(ctx, { experimentId: elsewhere });
    const source = JSON.stringify({ uri: `mlflow-artifacts:/${experimentId}/${id}/artifacts/model.onnx` });
    await logInputs(ctx, { runId: other.id, datasets: [{ name: "train", digest: "1", sourceType: "http", source }] });
    await deleteRun(ctx, id);
    const expected = ["version 1 of digits (alias champion), which serves sorter", "the dataset train"];
    expect((await previewPurge(ctx, { kind: "run", id })).usedBy).toEqual(expected);
    await expectRefusal(purge(ctx, "run", id), "conflict", "alias champion");
    await deleteExperiment(ctx, experimentId);
    expect((await previewPurge(ctx, { kind: "experiment", id: String(experimentId) })).usedBy).toEqual(expected);
    await expectRefusal(purge(ctx, "experiment", String(experimentId)), "conflict", "and 1 more");
    expect(await listPurges(ctx)).toEqual([]);
    await purgeTrash(ctx);
    expect(await ctx.db.select().from(runs).where(eq(runs.id, id))).toHaveLength(1);
  }),
);

test(
  "purges only once and irreversibly, and frees points, files and the name",
  inWorkspace(async (ctx) => {
    const experimentId = await createExperiment(ctx, { name: "over" });
    const { id, key } = await newRun(ctx, experimentId);
    const kept = await newRun(ctx, experimentId);
    await expectRefusal(purge(ctx, "run", id), "not-found");
    await deleteRun(ctx, id);
    await expectRefusal(requestPurge(as(ctx, "operator"), { kind: "run", id, reason: "x" }), "forbidden");
    const first = await purge(ctx, "run", id);
    expect((await purge(ctx, "run", id)).id).toBe(first.id);
    expect((await listTrash(ctx, {})).items).toMatchObject([{ id, purgeAt: null, purgingSince: first.startedAt }]);
    await expectRefusal(restoreRun(ctx, id), "conflict", "being permanently deleted");
    await expectRefusal(restoreRuns(ctx, { experimentId, runIds: [id] }), "conflict");
    await purgeTrash(ctx);
    expect((await listTrash(ctx, {})).items).toEqual([]);
    expect(await countPointBytes(ctx, [id, kept.id])).toBe(3 * 172);
    await collectArtifacts(ctx, store);
    expect([await isThere(key), await isThere(kept.key)]).toEqual([false, true]);
    await deleteExperiment(ctx, experimentId);
    await purge(ctx, "experiment", String(experimentId));
    await expectRefusal(restoreExperiment(ctx, experimentId), "conflict");
    await purgeTrash(ctx);
    await collectArtifacts(ctx, store);
    expect(await isThere(kept.key)).toBe(false);
    await createExperiment(ctx, { name: "over" });
    const done = await listPurges(ctx);
    expect(done.map(({ kind, reason }) => [kind, reason]).sort()).toEqual([
      ["experiment", "over"],
      ["run", "over"],
    ]);
    expect(done.every(({ finishedAt }) => finishedAt !== null)).toBe(true);
    expect(await auditedActions(ctx)).toEqual(expect.arrayContaining(["run.purge-requested", "run.purged"]));
    const jobs = (await waitingJobs(ctx)).map((job) => (job as { name: string }).name);
    expect(jobs).toEqual(expect.arrayContaining(["purge-trash", "collect-artifacts", "shrink-metrics"]));
  }),
);

test("resumes a purge killed between steps, and keeps files registered meanwhile", async () => {
  const ctx = await newWorkspace(fresh.db);
  const { workspaceId } = ctx.actor;
  const experimentId = await createExperiment(ctx, { name: "long" });
  const { id, key } = await newRun(ctx, experimentId);
  const other = await newRun(ctx, experimentId);
  // More than two steps of runs.
  await ctx.db.execute(sql`
    insert into runs (id, workspace_id, experiment_id, name, user_name, status, started_at, updated_at, artifact_uri)
    select md5(i || ${workspaceId}), ${workspaceId}, ${experimentId}, 'run ' || i, '', 'FINISHED', i, i,
      'mlflow-artifacts:/' || ${experimentId}::text || '/' || md5(i || ${workspaceId}) || '/artifacts'
    from generate_series(1, 250) i`);
  await ctx.db.insert(loggedModels).values({
    id: `m-${workspaceId}`,
    workspaceId,
    experimentId,
    name: "net",
    status: "LOGGED_MODEL_READY" as const,
    artifactUri: "mlflow-artifacts:/x/y",
    createdAt: 1,
    updatedAt: 1,
  });
  await deleteExperiment(ctx, experimentId);
  await purge(ctx, "experiment", String(experimentId));
  const left = async () => (await ctx.db.select().from(runs).where(eq(runs.experimentId, experimentId))).length;
  for (const [steps, expected] of [
    [1, 152],
    [1, 52],
  ] as const) {
    let step = 0;
    const killed = purgeTrash(ctx, () => {
      if (step++ === steps) throw new Error("killed");
    });
    await expect(killed).rejects.toThrow("killed");
    expect(await left()).toBe(expected);
    expect(await listPurges(ctx)).toMatchObject([{ finishedAt: null }]);
  }
  await createRegisteredModel(ctx, { name: "digits" });
  await createModelVersion(ctx, { name: "digits", source: `mlflow-artifacts:/${key.slice(workspaceId.length + 1)}` });
  await Promise.all([purgeTrash(ctx), purgeTrash(ctx)]);
  await purgeTrash(ctx);
  expect(await left()).toBe(0);
  expect(await listPurges(ctx)).toMatchObject([{ finishedAt: expect.any(Date) }]);
  const actions = await auditedActions(ctx);
  expect(actions.filter((action) => action === "experiment.purged")).toHaveLength(1);
  expect(await countPointBytes(ctx, [id, other.id])).toBe(0);
  await collectArtifacts(ctx, store);
  expect([await isThere(key), await isThere(other.key)]).toEqual([true, false]);
  const releases = await ctx.db.select().from(artifactReleases).where(eq(artifactReleases.workspaceId, workspaceId));
  expect(releases).toMatchObject([{ heldBy: "version 1 of digits" }]);
  await ctx.db.delete(modelVersions).where(eq(modelVersions.workspaceId, workspaceId));
  await collectArtifacts(ctx, store);
  expect(await isThere(key)).toBe(false);
});

test(
  "keeps finished purges for three months",
  inWorkspace(async (ctx) => {
    const row = { workspaceId: ctx.actor.workspaceId, kind: "run" as const, name: "r", requestedBy: "x" };
    const ago = (days: number) => new Date(Date.now() - days * dayMs);
    await ctx.db.insert(purges).values([
      { ...row, subjectId: "old", finishedAt: ago(91) },
      { ...row, subjectId: "new", finishedAt: ago(89) },
    ]);
    await purgeTrash(ctx);
    expect((await listPurges(ctx)).map(({ subjectId }) => subjectId)).toEqual(["new"]);
  }),
);

test("leaves a run alone that was restored after its purge was requested", async () => {
  const ctx = await newWorkspace(fresh.db);
  const experimentId = await createExperiment(ctx, { name: "alive" });
  const { id, key } = await newRun(ctx, experimentId);
  const other = await newRun(ctx, experimentId);
  await deleteExperiment(ctx, experimentId);
  await purge(ctx, "run", id);
  await restoreExperiment(ctx, experimentId);
  // It is being purged, so it stays in the trash.
  expect((await listTrash(ctx, {})).items).toMatchObject([{ id }]);
  // A version of Leeway before this one restored it nevertheless.
  await ctx.db.update(runs).set({ deletedAt: null }).where(eq(runs.id, id));
  await purgeTrash(ctx);
  await collectArtifacts(ctx, store);
  expect(await countPointBytes(ctx, [id, other.id])).toBe(6 * 172);
  expect(await isThere(key)).toBe(true);
  expect(await listPurges(ctx)).toMatchObject([
    { finishedAt: expect.any(Date), problem: "Restored in the meantime and not deleted." },
  ]);
  expect(await auditedActions(ctx)).toContain("run.purge-cancelled");
});

test("restores no run whose purge is requested at the same moment", async () => {
  const ctx = await newWorkspace(fresh.db);
  const experimentId = await createExperiment(ctx, { name: "raced" });
  const { id } = await newRun(ctx, experimentId);
  await deleteExperiment(ctx, experimentId);
  let restoring: Promise<void> = Promise.resolve();
  await transact(ctx, async (ctx2) => {
    await addPurge(ctx2, { kind: "run", id, reason: "over" });
    restoring = restoreExperiment(ctx, experimentId);
    // The restore waits for the lock of the run, which the purge holds.
    for (;;) {
      const { rowCount } = await fresh.db.execute(
        sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      if (rowCount) return;
    }
  });
  await restoring;
  expect((await listTrash(ctx, {})).items).toMatchObject([{ id, purgingSince: expect.any(Date) }]);
  await purgeTrash(ctx);
  expect(await ctx.db.$count(runs, eq(runs.id, id))).toBe(0);
});

/** Resolves when a transaction waits for a lock of another one, or `work` has ended. */
async function untilWaiting(work: Promise<unknown>): Promise<void> {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  work.then(end, end);
  while (!isOver) {
    const { rowCount } = await fresh.db.execute(
      sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (rowCount) return;
  }
}

test("says that a run or logged model is not there when its purge ends while it is restored", async () => {
  const ctx = await newWorkspace(fresh.db);
  const experimentId = await createExperiment(ctx, { name: "too late" });
  const { id } = await newRun(ctx, experimentId);
  const model = await createLoggedModel(ctx, { experimentId, params: [], tags: [] });
  await deleteRun(ctx, id);
  await deleteLoggedModel(ctx, model.id);
  for (const key of [
    { kind: "run" as const, id },
    { kind: "logged-model" as const, id: model.id },
  ]) {
    let restoring: Promise<void> = Promise.resolve();
    await transact(ctx, async (purging) => {
      expect(await purgeStep(purging, key)).toBe("done");
      restoring = restore(ctx, key);
      await untilWaiting(restoring);
    });
    await expectRefusal(restoring, "not-found");
  }
  expect(await auditedActions(ctx)).not.toContain("run.restored");
});

test("leaves no file that arrives while its run is purged", async () => {
  const ctx = await newWorkspace(fresh.db);
  const experimentId = await createExperiment(ctx, { name: "late file" });
  const { id, key } = await newRun(ctx, experimentId);
  const late = key.replace("model.onnx", "late.bin");
  let purging: Promise<void> = Promise.resolve();
  const purgeAll = async () => {
    await purge(ctx, "run", id);
    await purgeTrash(ctx);
    await collectArtifacts(ctx, store);
  };
  const slow: ArtifactStore = {
    ...store,
    put: (key, body, finish) =>
      store.put(key, body, (stored, replace) => {
        // The file has passed every check and is not in its place yet.
        const purgeFirst = async () => {
          await deleteRun(ctx, id);
          purging = purgeAll();
          await untilWaiting(purging);
          await replace();
        };
        return finish?.(stored, purgeFirst) ?? Promise.resolve();
      }),
  };
  const path = late.slice(ctx.actor.workspaceId.length + 1);
  await storeArtifact(ctx, slow, { path, body: Readable.from([Buffer.from("12345")]), maxBytes: 10 });
  await purging;
  expect(await ctx.db.$count(runs, eq(runs.id, id))).toBe(0);
  expect(await isThere(late)).toBe(false);
  expect(await ctx.db.$count(artifactFiles, eq(artifactFiles.key, late))).toBe(0);
});

test("leaves an experiment alone that was restored after its purge was requested, with its logged models", async () => {
  const ctx = await newWorkspace(fresh.db);
  const experimentId = await createExperiment(ctx, { name: "back" });
  const { id } = await newRun(ctx, experimentId);
  await createLoggedModel(ctx, { experimentId, params: [], tags: [] });
  await deleteExperiment(ctx, experimentId);
  await purge(ctx, "experiment", String(experimentId));
  await ctx.db.update(experiments).set({ deletedAt: null }).where(eq(experiments.id, experimentId));
  await purgeTrash(ctx);
  expect(await countPointBytes(ctx, [id])).toBe(3 * 172);
  expect(await ctx.db.$count(loggedModels, eq(loggedModels.experimentId, experimentId))).toBe(1);
});

test("purges an experiment completely although one of its runs is not marked as deleted", async () => {
  const ctx = await newWorkspace(fresh.db);
  const experimentId = await createExperiment(ctx, { name: "mixed" });
  const { id } = await newRun(ctx, experimentId);
  await deleteExperiment(ctx, experimentId);
  await ctx.db.update(runs).set({ deletedAt: null }).where(eq(runs.id, id));
  await purge(ctx, "experiment", String(experimentId));
  await purgeTrash(ctx);
  expect(await ctx.db.$count(experiments, eq(experiments.id, experimentId))).toBe(0);
});

test("purges items whose files are outside Leeway", async () => {
  const ctx = await newWorkspace(fresh.db);
  for (const [index, artifactLocation] of ["/mnt/runs", "s3://bucket/a", "../../etc", "a\\b"].entries()) {
    const experimentId = await createExperiment(ctx, { name: `outside ${index}` });
    await ctx.db.update(experiments).set({ artifactLocation }).where(eq(experiments.id, experimentId));
    const { id } = await createRun(ctx, { experimentId });
    await ctx.db.update(runs).set({ artifactUri: artifactLocation }).where(eq(runs.id, id));
    await deleteExperiment(ctx, experimentId);
    await purge(ctx, "experiment", String(experimentId));
  }
  await purgeTrash(ctx);
  expect((await listPurges(ctx)).every(({ finishedAt }) => finishedAt !== null)).toBe(true);
  expect(await ctx.db.$count(artifactReleases, eq(artifactReleases.workspaceId, ctx.actor.workspaceId))).toBe(0);
});

test("sets a purge aside that fails, goes on with the others, and retries it later", async () => {
  const ctx = await newWorkspace(fresh.db);
  const experimentId = await createExperiment(ctx, { name: "poison" });
  const [poison, other] = [await newRun(ctx, experimentId, "poison"), await newRun(ctx, experimentId, "other")];
  for (const { id } of [poison, other]) await deleteRun(ctx, id);
  for (const { id } of [poison, other]) await purge(ctx, "run", id);
  const trigger = `refuse_${experimentId}`;
  await ctx.db.execute(sql`
    create function ${sql.identifier(trigger)}() returns trigger language plpgsql as
    $$ begin if old.name = 'poison' then raise exception 'poison'; end if; return old; end $$`);
  await ctx.db.execute(sql`
    create trigger ${sql.identifier(trigger)} before delete on runs for each row execute function ${sql.identifier(trigger)}()`);
  try {
    await purgeTrash(ctx);
    const [failing] = (await listPurges(ctx)).filter(({ finishedAt }) => finishedAt === null);
    expect(failing).toMatchObject({
      subjectId: poison.id,
      attempts: 1,
      problem: expect.stringContaining("Internal error"),
    });
    expect(await ctx.db.$count(runs, eq(runs.id, other.id))).toBe(0);
    // The space of the others is reclaimed although one is open.
    const jobs = (await waitingJobs(ctx)).map((job) => (job as { name: string }).name);
    expect(jobs).toEqual(expect.arrayContaining(["collect-artifacts", "shrink-metrics"]));
    await purgeTrash(ctx);
    expect((await listPurges(ctx)).find(({ id }) => id === failing?.id)?.attempts).toBe(1);
  } finally {
    await ctx.db.execute(sql`drop trigger ${sql.identifier(trigger)} on runs`);
  }
  await ctx.db.update(purges).set({ retryAt: sql`now()` }).where(eq(purges.workspaceId, ctx.actor.workspaceId));
  await purgeTrash(ctx);
  expect((await listPurges(ctx)).every(({ finishedAt, problem }) => finishedAt !== null && problem === null)).toBe(
    true,
  );
});
