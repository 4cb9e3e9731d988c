import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { eq } from "drizzle-orm";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { ZipFile } from "yazl";
import { exports, importItems, modelVersions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { configureLog } from "#server/base/log.ts";
import { getModel } from "#server/develop/registry/models/queries.ts";
import { getPipeline } from "#server/develop/registry/pipeline/queries.ts";
import { getPolicy } from "#server/develop/registry/policy/queries.ts";
import { setPolicy } from "#server/develop/registry/policy/set-policy.ts";
import { createModelVersion } from "#server/develop/registry/versions/create-model-version.ts";
import { getVersion, getVersionByAlias } from "#server/develop/registry/versions/queries.ts";
import { registerUpload } from "#server/develop/registry/versions/register-upload.ts";
import { createDefaultExperiment } from "#server/develop/tracking/experiments/create-default-experiment.ts";
import { logBatch } from "#server/develop/tracking/metrics/log-batch.ts";
import { deleteRun } from "#server/develop/tracking/runs/delete-run.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { auditedActions, expectRefusal } from "#server/testing/fixtures/tracking/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { furnish, newStore } from "../../testing/fixtures/transfer/testing.ts";
import { cancelExport } from "./exports/cancel-export.ts";
import { getExport, openExport } from "./exports/queries.ts";
import { runExport } from "./exports/run-export.ts";
import { startExport } from "./exports/start-export.ts";
import { getImport, listImportItems } from "./imports/queries.ts";
import { runImport } from "./imports/run-import.ts";
import { startFileImport } from "./imports/start-file-import.ts";
import { resumeTransfers } from "./resume-transfers.ts";
import { summaryOf } from "./summary.ts";
import { openZip } from "./zip/open-zip.ts";

configureLog({ role: "test", level: "silent" });
const source = await freshDatabase();
const target = await freshDatabase();
const maxBytes = 10_000_000;

async function full() {
  const ctx = await newWorkspace(source.db);
  await createDefaultExperiment(ctx);
  const store = await newStore();
  const made = await furnish(ctx, store);
  return { ctx, store, made };
}

async function exported(ctx: Context, store: ArtifactStore, hasArtifacts = true): Promise<Buffer> {
  const { id } = await startExport(ctx, { hasArtifacts });
  await runExport(ctx, id, store);
  expect(await getExport(ctx, id)).toMatchObject({ state: "done", message: null, isThere: true });
  const { body, sizeBytes } = await openExport(ctx, id, store);
  const bytes = await buffer(body);
  const { sha256 } = await getExport(ctx, id);
  expect([bytes.length, createHash("sha256").update(bytes).digest("hex")]).toEqual([sizeBytes, sha256]);
  return bytes;
}

async function imported(ctx: Context, artifacts: ArtifactStore, file: Buffer) {
  const input = { kind: "leeway", fileName: "export.zip" } as const;
  const { id } = await startFileImport(ctx, input, Readable.from([file]), { artifacts, maxBytes });
  await runImport(ctx, id, { artifacts, rules: { allowsPrivate: false }, maxBytes });
  return { ...(await getImport(ctx, id)), items: (await listImportItems(ctx, { importId: id })).items };
}

test("restores the same workspace from an export in an empty Leeway", async () => {
  const { ctx, store, made } = await full();
  const points = Array.from({ length: 1000 }, (_, step) => ({ key: "long", value: step / 3, timestamp: step, step }));
  await logBatch(ctx, { runId: made.childId, metrics: points, params: [], tags: [] });
  const bytes = mlpModel([4, 8, 3]);
  const description = {
    sizeBytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    signature: { inputs: [], outputs: [], opsets: {}, irVersion: 8, producer: "", metadata: {} },
  };
  const intake = { artifacts: store, describeModel: async () => description, maxBytes };
  await registerUpload(ctx, { name: "uploaded", description: "by hand" }, Readable.from([bytes]), intake as never);

  const ours = await newWorkspace(target.db);
  await createDefaultExperiment(ours);
  const ourStore = await newStore();
  const done = await imported(ours, ourStore, await exported(ctx, store));
  expect(done).toMatchObject({
    state: "done",
    counts: { experiments: 2, runs: 2, loggedModels: 1, versions: 3, withProblems: 0, points: 1044, files: 3 },
  });
  expect(await summaryOf(ours, ourStore)).toEqual(await summaryOf(ctx, store));
  const kept = await ourStore.open(`${ours.actor.workspaceId}/models/${description.sha256}/model.onnx`);
  expect(await buffer(kept)).toEqual(bytes);
  expect((await imported(ours, ourStore, await exported(ctx, store))).counts).toMatchObject({ runs: 2, unchanged: 6 });
});

test("writes tables as Parquet, and a manifest with the digest of each file", async () => {
  const { ctx, store, made } = await full();
  await deleteRun(ctx, made.parentId);
  await store.put("w/zip", Readable.from([await exported(ctx, store, false)]));
  const zip = await openZip(await store.localPath("w/zip"), maxBytes);
  const manifest = JSON.parse((await zip.text("manifest.json")) ?? "");
  expect(manifest).toMatchObject({ format: "leeway-export", version: 2, hasArtifacts: false });
  for (const { path, sizeBytes, sha256 } of manifest.files) {
    const content = await buffer(await (zip.find(path) as NonNullable<ReturnType<typeof zip.find>>).open());
    expect([content.length, createHash("sha256").update(content).digest("hex")]).toEqual([sizeBytes, sha256]);
    await store.put(`w/${path}`, Readable.from([content]));
  }
  const rows = async (name: string) =>
    parquetReadObjects({ file: await asyncBufferFromFile(await store.localPath(`w/${name}.parquet`)) });
  expect(await rows("runs")).toMatchObject([
    { run_id: made.childId, name: "first", status: "FINISHED", started: new Date(2_000), ended: new Date(9_000) },
  ]);
  const points = await rows("points");
  expect(points).toHaveLength(43);
  expect(points.find(({ key }) => key === "loss")).toEqual({
    run_id: made.childId,
    key: "loss",
    step: 0n,
    timestamp: 3_000n,
    value: 1,
  });
  expect(points.at(-1)).toMatchObject({ key: "val/acc", value: Number.NaN });
  expect(zip.list("artifacts").folders).toEqual([]);
  zip.close();
});

test("rejects a modified export and other files on import", async () => {
  const { ctx, store } = await full();
  const ours = await newWorkspace(target.db);
  const bytes = await exported(ctx, store);
  const at = bytes.indexOf("a picture");
  const changed = Buffer.from(bytes);
  changed.write("b", at);
  const done = await imported(ours, store, changed);
  expect(done.items.flatMap(({ problems }) => problems)).toEqual([
    expect.stringMatching(/^The file plots\/loss.txt was not imported: .*(differs from what was exported|CRC|crc)/),
  ]);
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from("{}"), "manifest.json");
  zip.end();
  expect(await imported(ours, store, await buffer(zip.outputStream))).toMatchObject({
    state: "failed",
    message: "The zip is not a Leeway export: it has no manifest.",
  });
});

test("resumes an export whose runner died, and leaves nothing of a cancelled one", async () => {
  const { ctx, store } = await full();
  const { id } = await startExport(ctx, {});
  const dead: ArtifactStore = { ...store, put: () => new Promise(() => undefined) };
  void runExport(ctx, id, dead);
  await expect.poll(async () => (await getExport(ctx, id)).state).toBe("running");
  await runExport(ctx, id, store);
  expect((await getExport(ctx, id)).state).toBe("running");
  await ctx.db
    .update(exports)
    .set({ leasedUntil: new Date(0) })
    .where(eq(exports.id, id));
  await runExport(ctx, id, store);
  expect(await getExport(ctx, id)).toMatchObject({ state: "done", isThere: true });
  await expectRefusal(cancelExport(ctx, id), "conflict");

  const { id: other } = await startExport(ctx, {});
  await cancelExport(ctx, other);
  await runExport(ctx, other, store);
  expect(await getExport(ctx, other)).toMatchObject({ state: "cancelled", isThere: false });
  await expectRefusal(openExport(ctx, other, store), "not-found");
  expect(await auditedActions(ctx)).toEqual(
    expect.arrayContaining(["export.started", "export.done", "export.cancelled"]),
  );
});

test("fails an export that cannot read a file, and stores nothing", async () => {
  const { ctx, store } = await full();
  const { id } = await startExport(ctx, {});
  const broken: ArtifactStore = {
    ...store,
    open: async () =>
      new Readable({
        read() {
          this.destroy(new Error("the disk is broken"));
        },
      }),
  };
  await runExport(ctx, id, broken);
  expect(await getExport(ctx, id)).toMatchObject({ state: "failed", isThere: false });
  expect(await store.list(`${ctx.actor.workspaceId}/exports/${id}`)).toEqual([]);
});

test("deletes the file of an export after its retention, and keeps the export in the list", async () => {
  const { ctx, store } = await full();
  await exported(ctx, store);
  const old = new Date(Date.now() - 8 * dayMs);
  await ctx.db.update(exports).set({ endedAt: old }).where(eq(exports.workspaceId, ctx.actor.workspaceId));
  await resumeTransfers(ctx, store);
  const [row] = await ctx.db.select().from(exports).where(eq(exports.workspaceId, ctx.actor.workspaceId));
  expect(row).toMatchObject({ state: "done", artifactKey: null });
  expect(await store.list(`${ctx.actor.workspaceId}/exports/${row?.id}`)).toEqual([]);
});

test("restores the pipelines, run links, owner and policy of a model", async () => {
  const { ctx, store } = await full();
  const pipeline = {
    before: [
      { kind: "columns" as const, columns: [{ name: "age", datatype: "FP32" as const }], into: null, steps: [] },
    ],
  };
  await createModelVersion(ctx, { name: "sorter", source: "s3://elsewhere", runLink: "https://runs/1", pipeline });
  await setPolicy(ctx, { name: "sorter", policy: { protectedAliases: ["champion"] }, reason: "four eyes" });
  const before = await getPipeline(ctx, { name: "sorter", version: 3 });
  expect(before.pipeline).not.toBeNull();
  const { ownerName } = await getModel(ctx, "sorter");

  const ours = await newWorkspace(target.db);
  await createDefaultExperiment(ours);
  const ourStore = await newStore();
  await imported(ours, ourStore, await exported(ctx, store));
  const after = await getPipeline(ours, { name: "sorter", version: 3 });
  expect([after.digest, after.pipeline]).toEqual([before.digest, before.pipeline]);
  expect((await getVersion(ours, { name: "sorter", version: 3 })).runLink).toBe("https://runs/1");
  expect((await getPolicy(ours, "sorter")).policy).toEqual((await getPolicy(ctx, "sorter")).policy);
  expect((await getVersionByAlias(ours, { name: "sorter", alias: "champion" })).version).toBe(2);
  const problems = (await imported(ours, ourStore, await exported(ctx, store))).items.flatMap((item) => item.problems);
  expect(problems.filter((problem) => problem.includes("pipeline"))).toEqual([]);
  expect(ownerName).not.toBe("");

  // Imported by a version of Leeway that knew no pipelines.
  await ours.db.update(modelVersions).set({ pipeline: null, pipelineDigest: null });
  await ours.db.update(importItems).set({ fingerprint: "older" }).where(eq(importItems.kind, "version"));
  await imported(ours, ourStore, await exported(ctx, store));
  expect((await getPipeline(ours, { name: "sorter", version: 3 })).digest).toBe(before.digest);
});
