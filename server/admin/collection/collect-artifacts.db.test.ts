import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { and, eq, sql } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import {
  artifactFiles,
  artifactReleases,
  artifactUploads,
  auditEvents,
  datasets,
  loggedModels,
  modelVersions,
  trainingJobs,
} from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { configureLog } from "#server/base/log.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { createModelVersion } from "#server/develop/registry/versions/create-model-version.ts";
import { changeLabelTask } from "#server/improve/labelling/tasks/change-label-task.ts";
import { deleteLabelTasks } from "#server/improve/labelling/tasks/delete-label-tasks.ts";
import { submitJob } from "#server/improve/training/jobs/submit-job.ts";
import { uploadPackage } from "#server/improve/training/packages/package-store.ts";
import { startSweep } from "#server/improve/training/sweeps/start-sweep.ts";
import { archiveTemplate, saveTemplate } from "#server/improve/training/templates/save-template.ts";
import { newLabelProject, newTasks } from "#server/testing/fixtures/labelling/testing.ts";
import { auditActions, loggedModel } from "#server/testing/fixtures/registry/testing.ts";
import { newTrainingJob } from "#server/testing/fixtures/training/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { announceUpload } from "../../platform/artifacts/announce-upload.ts";
import { keepArtifacts } from "../../platform/artifacts/keep-artifacts.ts";
import { openLocalStore } from "../../platform/artifacts/local-store.ts";
import { recordFile } from "../../platform/artifacts/record-file.ts";
import { releaseArtifacts } from "../../platform/artifacts/release-artifacts.ts";
import { listReleases } from "../../platform/artifacts/release-queries.ts";
import { collectArtifacts } from "./collect-artifacts.ts";
import { requestCollection } from "./request-collection.ts";
import { sweepArtifacts } from "./sweep-artifacts.ts";

configureLog({ role: "test", level: "silent" });
const fresh = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-collect-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const store = await openLocalStore(folder);

const rootOf = (id: string) => `77/models/${id}/artifacts`;

/** Creates a logged model with one file. */
async function modelWithFile(ctx: Context, id: string): Promise<string> {
  await loggedModel(ctx, id);
  const key = `${ctx.actor.workspaceId}/${rootOf(id)}/model.onnx`;
  await recordFile(ctx, key, await store.put(key, Readable.from([Buffer.from("weights")])));
  return key;
}

/** Permanently deletes a logged model, as the trash does after its retention. */
function purge(ctx: Context, id: string): Promise<void> {
  return transact(ctx, async (ctx) => {
    await ctx.db.delete(loggedModels).where(eq(loggedModels.id, id));
    await releaseArtifacts(ctx, [`mlflow-artifacts:/${rootOf(id)}`]);
  });
}

const isThere = (key: string) =>
  store.stat(key).then(
    () => true,
    () => false,
  );

test(
  "removes the files of a purged model with their rows and an audit entry, and the release row last",
  inWorkspace(async (ctx) => {
    const key = await modelWithFile(ctx, `m-${ctx.actor.workspaceId}`);
    await purge(ctx, `m-${ctx.actor.workspaceId}`);
    expect(await isThere(key)).toBe(true);
    await collectArtifacts(ctx, store);
    expect(await isThere(key)).toBe(false);
    expect(await ctx.db.select().from(artifactFiles).where(eq(artifactFiles.key, key))).toEqual([]);
    expect((await listReleases(ctx)).releases).toEqual([]);
    expect(await auditActions(ctx)).toContain("artifacts.collected");
  }),
);

test(
  "keeps and lists files in use by a model, version, dataset or upload in progress",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    const keys = await Promise.all(["a", "b", "c", "d"].map((name) => modelWithFile(ctx, `m-${name}-${workspaceId}`)));
    const ids = ["a", "b", "c", "d"].map((name) => `m-${name}-${workspaceId}`);
    await releaseArtifacts(ctx, [rootOf(ids[0] ?? "")]);
    await createRegisteredModel(ctx, { name: "digits" });
    await createModelVersion(ctx, { name: "digits", source: `models:/${ids[1]}` });
    for (const id of ids.slice(1)) await purge(ctx, id);
    await ctx.db.insert(datasets).values({
      workspaceId,
      experimentId: 77,
      name: "train",
      digest: "1",
      sourceType: "http",
      source: JSON.stringify({ uri: `mlflow-artifacts:/${rootOf(ids[2] ?? "")}/model.onnx` }),
      createdAt: 1,
    });
    await announceUpload(ctx, keys[3] ?? "");
    await collectArtifacts(ctx, store);
    expect(await Promise.all(keys.map(isThere))).toEqual([true, true, true, true]);
    const held = (await listReleases(ctx)).releases.map(({ heldBy }) => heldBy).sort();
    expect(held).toEqual(["an upload in progress", "dataset train", `logged model ${ids[0]}`, "version 1 of digits"]);
    // No references remain: the next run removes the files.
    await ctx.db.delete(modelVersions).where(eq(modelVersions.workspaceId, workspaceId));
    await ctx.db.delete(datasets).where(eq(datasets.workspaceId, workspaceId));
    await ctx.db.update(artifactUploads).set({ expiresAt: sql`now()` });
    await collectArtifacts(ctx, store);
    expect(await Promise.all(keys.map(isThere))).toEqual([true, false, false, false]);
  }),
);

test(
  "blocks new references to files that are being removed",
  inWorkspace(async (ctx) => {
    const id = `m-${ctx.actor.workspaceId}`;
    const key = await modelWithFile(ctx, id);
    await purge(ctx, id);
    await ctx.db.update(artifactReleases).set({ removingAt: new Date() });
    await createRegisteredModel(ctx, { name: "digits" });
    const registration = createModelVersion(ctx, { name: "digits", source: `mlflow-artifacts:/${rootOf(id)}` });
    await expect(registration).rejects.toMatchObject({ code: "unavailable" });
    await expect(announceUpload(ctx, key)).rejects.toMatchObject({ code: "unavailable" });
  }),
);

test(
  "keeps pictures that label tasks show, and removes the others after the days of grace",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    const projectId = await newLabelProject(ctx);
    const [shown = "", imported = "", gone = "", nested = "", listed = ""] = ["aa", "bb", "cc", "ee", "ff"].map(
      (folder) => `${workspaceId}/labels/${folder}/${folder.repeat(32)}.png`,
    );
    const own = `${workspaceId}/labels/uploads/photo.png`;
    for (const key of [shown, imported, gone, nested, listed, own]) {
      await recordFile(ctx, key, await store.put(key, Readable.from([Buffer.from("12345")])));
    }
    const data = (artifact: string) => ({ image: { artifact, mimeType: "image/png", sizeBytes: 5 } });
    const ids = await newTasks(ctx, projectId, [
      { item: "a", data: data(shown) },
      { item: "b", data: data(imported.slice(workspaceId.length + 1)) },
      { item: "c", data: data(gone) },
      { item: "d", data: { row: { picture: { artifact: nested, mimeType: "image/png", sizeBytes: 5 } } } },
      { item: "e", data: { pages: [{ scan: { artifact: listed.slice(workspaceId.length + 1) } }] } },
    ]);
    await sweepArtifacts(ctx, store);
    expect((await listReleases(ctx)).releases).toEqual([]);
    await deleteLabelTasks(ctx, { projectId, taskIds: ids.slice(2, 3) });
    await sweepArtifacts(ctx, store);
    expect((await listReleases(ctx)).releases).toMatchObject([{ path: `labels/cc/${"cc".repeat(32)}.png`, files: 1 }]);
    // Another task shows the same picture before it is removed.
    expect(await keepArtifacts(ctx, [gone, `${workspaceId}/labels/dd/none.png`])).toEqual(new Set([gone]));
    expect((await listReleases(ctx)).releases).toEqual([]);
    await sweepArtifacts(ctx, store);
    await ctx.db.update(artifactReleases).set({ removingAt: new Date() });
    await expect(keepArtifacts(ctx, [gone])).rejects.toMatchObject({ code: "unavailable" });
    await ctx.db.update(artifactReleases).set({ removingAt: null, removeAfter: sql`now()` });
    await collectArtifacts(ctx, store);
    const kept = [shown, imported, nested, listed, own];
    expect(await Promise.all(kept.map(isThere))).toEqual(kept.map(() => true));
    expect(await isThere(gone)).toBe(false);
    expect(await keepArtifacts(ctx, [gone])).toEqual(new Set());
  }),
);

test(
  "records the pictures that it removes in one entry",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    const keys = ["0", "1", "2"].map((digit) => `${workspaceId}/labels/${digit}${digit}/${digit.repeat(64)}.png`);
    for (const key of keys) await recordFile(ctx, key, await store.put(key, Readable.from([Buffer.from("12345")])));
    await sweepArtifacts(ctx, store);
    await ctx.db.update(artifactReleases).set({ removeAfter: sql`now()` });
    await collectArtifacts(ctx, store);
    expect(await Promise.all(keys.map(isThere))).toEqual([false, false, false]);
    expect((await listReleases(ctx)).releases).toEqual([]);
    expect(await ctx.db.$count(artifactFiles, eq(artifactFiles.workspaceId, workspaceId))).toBe(0);
    const entries = await ctx.db
      .select({ subject: auditEvents.subject, before: auditEvents.before })
      .from(auditEvents)
      .where(and(eq(auditEvents.workspaceId, workspaceId), eq(auditEvents.action, "artifacts.collected")));
    expect(entries).toEqual([{ subject: "artifact/labels", before: { files: 3, sizeBytes: 15 } }]);
  }),
);

test(
  "keeps pictures that new data of tasks name, also within other fields, and refuses those that are being removed",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    const projectId = await newLabelProject(ctx);
    const [added = "", changed = ""] = ["ee", "ff"].map((folder) => `labels/${folder}/${folder.repeat(32)}.png`);
    for (const path of [added, changed]) {
      const key = `${workspaceId}/${path}`;
      await recordFile(ctx, key, await store.put(key, Readable.from([Buffer.from("12345")])));
    }
    await sweepArtifacts(ctx, store);
    const listed = async () => (await listReleases(ctx)).releases.map(({ path }) => path).sort();
    expect(await listed()).toEqual([added, changed]);
    const file = (artifact: string) => ({ artifact, mimeType: "image/png", sizeBytes: 5 });
    const other = { climbing: file("../labels/x.png"), model: file("models/a.bin") };
    const [taskId = 0] = await newTasks(ctx, projectId, [
      { item: "a", data: { row: { picture: file(added) }, other } },
    ]);
    expect(await listed()).toEqual([changed]);
    await changeLabelTask(ctx, { taskId, data: { image: file(`${workspaceId}/${added}`), next: [file(changed)] } });
    expect(await listed()).toEqual([]);
    await deleteLabelTasks(ctx, { projectId, taskIds: [taskId] });
    await sweepArtifacts(ctx, store);
    await ctx.db.update(artifactReleases).set({ removingAt: new Date() });
    const again = newTasks(ctx, projectId, [{ item: "b", data: { image: file(added) } }]);
    await expect(again).rejects.toMatchObject({ code: "unavailable" });
  }),
);

test(
  "keeps packages that a job, template or sweep has, and checkpoints of jobs, and removes the others after the days of grace",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    const place = { artifacts: store, maxBytes: 100 };
    const upload = async (text: string) => {
      const sha256 = createHash("sha256")
        .update(text + workspaceId)
        .digest("hex");
      await uploadPackage(ctx, { sha256, body: Readable.from([text + workspaceId]) }, place);
      return sha256;
    };
    const keyOf = (sha256: string) => `${workspaceId}/training/packages/${sha256}.zip`;
    const [ofJob, ofTemplate, ofSweep, unused] = [
      await upload("a"),
      await upload("b"),
      await upload("c"),
      await upload("d"),
    ];
    const command = ["python3", "train.py"];
    const { id } = await newTrainingJob(ctx);
    await submitJob(ctx, { engine: "west", spec: { command, packageKey: ofJob } }, { artifacts: store });
    await saveTemplate(ctx, { name: "digits", spec: { job: { command, packageKey: ofTemplate } } });
    const sweep = {
      kind: "random",
      space: { lr: { kind: "number", min: 0, max: 1 } },
      metric: "loss",
      goal: "min",
    } as const;
    const spec = { command, packageKey: ofSweep };
    await startSweep(ctx, { name: "lr", engine: "west", spec, sweep }, { artifacts: store });
    const blobs = [id, "tj-00000000000000000000000000"].map(
      (job) => `${workspaceId}/training/${job}/blobs/${"e".repeat(64)}`,
    );
    for (const key of blobs) await store.put(key, Readable.from(["12345"]));
    await sweepArtifacts(ctx, store);
    const listed = async () => (await listReleases(ctx)).releases.map(({ path }) => path).sort();
    const orphans = [`training/packages/${unused}.zip`, "training/tj-00000000000000000000000000"];
    expect(await listed()).toEqual(orphans.sort());

    // Sent again, and so about to be used.
    await upload("d");
    expect(await listed()).toEqual(["training/tj-00000000000000000000000000"]);
    await sweepArtifacts(ctx, store);
    // Submitted after it was listed, and before it is removed.
    await ctx.db.update(artifactReleases).set({ removeAfter: sql`now()` });
    const late = await submitJob(ctx, { engine: "west", spec: { command, packageKey: unused } }, { artifacts: store });
    await archiveTemplate(ctx, "digits");
    await sweepArtifacts(ctx, store);
    await ctx.db.update(artifactReleases).set({ removeAfter: sql`now()` });
    await collectArtifacts(ctx, store);
    expect(await Promise.all([ofJob, ofTemplate, ofSweep, unused].map((each) => isThere(keyOf(each))))).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(await Promise.all(blobs.map(isThere))).toEqual([true, false]);

    // Nothing refers to a package any more that is being removed.
    await ctx.db.delete(trainingJobs).where(eq(trainingJobs.id, late.id));
    await sweepArtifacts(ctx, store);
    await ctx.db.update(artifactReleases).set({ removingAt: new Date() });
    const refusal = { code: "unavailable" };
    const again = submitJob(ctx, { engine: "west", spec: { command, packageKey: unused } }, { artifacts: store });
    await expect(again).rejects.toMatchObject(refusal);
    await expect(upload("d")).rejects.toMatchObject(refusal);
    const saved = saveTemplate(ctx, { name: "digits", spec: { job: { command, packageKey: unused } } });
    await expect(saved).rejects.toMatchObject(refusal);
  }),
);

test(
  "lists orphaned files with their size, removes nothing, and grants a week",
  inWorkspace(async (ctx) => {
    const { workspaceId } = ctx.actor;
    const kept = await modelWithFile(ctx, `m-${workspaceId}`);
    const orphans = [`models/${"a".repeat(64)}/model.onnx`, "77/0123456789abcdef0123456789abcdef/artifacts/x.txt"];
    for (const path of [...orphans, "datasets/1.parquet"]) {
      await store.put(`${workspaceId}/${path}`, Readable.from([Buffer.from("12345")]));
    }
    await sweepArtifacts(ctx, store);
    const { releases, total } = await listReleases(ctx);
    expect(releases.map(({ path, cause, sizeBytes }) => ({ path, cause, sizeBytes }))).toEqual([
      { path: "77/0123456789abcdef0123456789abcdef/artifacts", cause: "orphaned", sizeBytes: 5 },
      { path: `models/${"a".repeat(64)}`, cause: "orphaned", sizeBytes: 5 },
    ]);
    expect(total).toMatchObject({ folders: 2, files: 2, sizeBytes: 10, removableBytes: 10 });
    await collectArtifacts(ctx, store);
    expect(await isThere(`${workspaceId}/${orphans[0]}`)).toBe(true);
    await requestCollection(ctx, { action: "remove", releaseIds: releases.map(({ id }) => id) });
    await collectArtifacts(ctx, store);
    for (const path of orphans) expect(await isThere(`${workspaceId}/${path}`)).toBe(false);
    expect(await isThere(kept)).toBe(true);
    expect(await isThere(`${workspaceId}/datasets/1.parquet`)).toBe(true);
  }),
);

test.each(["decide", "remove", "release"])(
  "never removes a referenced file if killed before it can %s, with concurrent registrations and purges",
  async (step) => {
    const ctx = await newWorkspace(fresh.db);
    const { workspaceId } = ctx.actor;
    await createRegisteredModel(ctx, { name: "digits" });
    const ids = Array.from({ length: 12 }, (_, index) => `m-${index}-${workspaceId}`);
    for (const id of ids) await modelWithFile(ctx, id);
    for (const id of ids.slice(0, 4)) await purge(ctx, id);

    const arguments_ = [fresh.url, folder, workspaceId, step, step === "decide" ? "1" : "2"];
    const collector = spawn(process.execPath, [
      fileURLToPath(new URL("../../testing/fixtures/artifacts/collect-until.ts", import.meta.url)),
      ...arguments_,
    ]);
    await once(collector.stdout, "data");
    const deleted = once(collector, "exit");
    const register = (id: string) =>
      createModelVersion(ctx, { name: "digits", source: `models:/${id}` }).catch((error: unknown) => {
        if (!(error instanceof DomainError) || !["not-found", "unavailable"].includes(error.code)) throw error;
      });
    // Concurrent purges and registrations, in either order, while the collector is stopped and then killed.
    const beside = ids
      .slice(4)
      .flatMap((id, index) => (index % 2 ? [register(id), purge(ctx, id)] : [purge(ctx, id), register(id)]));
    collector.kill("SIGKILL");
    await Promise.all([deleted, ...beside]);
    await Promise.all([collectArtifacts(ctx, store), collectArtifacts(ctx, store), ...ids.map(register)]);
    await collectArtifacts(ctx, store);

    const versions = await ctx.db
      .select({ location: modelVersions.storageLocation })
      .from(modelVersions)
      .where(eq(modelVersions.workspaceId, workspaceId));
    const referenced = new Set(versions.map(({ location }) => location));
    for (const id of ids) {
      const isReferenced = referenced.has(`mlflow-artifacts:/${rootOf(id)}`);
      expect([id, await isThere(`${workspaceId}/${rootOf(id)}/model.onnx`)]).toEqual([id, isReferenced]);
    }
  },
);
