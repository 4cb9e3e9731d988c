import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { eq, sql } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { artifactFiles, artifactUploads } from "#db/schema/index.ts";
import { collectArtifacts } from "#server/admin/collection/collect-artifacts.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { createModelVersion } from "#server/develop/registry/versions/create-model-version.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import type { ArtifactStore, DirectTransfers } from "#server/platform/artifacts/store.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { expectRefusal, newRun } from "../../../testing/fixtures/tracking/testing.ts";
import { deleteRun } from "../runs/delete-run.ts";
import { abortUpload, completeUpload, startUpload } from "./direct-uploads.ts";
import { getDownloadUrl } from "./queries.ts";
import { removeArtifact } from "./remove-artifact.ts";

/** Creates a store with a simulated bucket: uploads always succeed, and the file is written when an upload is completed. */
async function newStore() {
  const folder = await mkdtemp(join(tmpdir(), "leeway-uploads-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const local = await openLocalStore(folder);
  const parts = {
    startUpload: vi.fn(async () => ({ uploadId: "u1", urls: ["https://bucket.test/1"] })),
    complete: vi.fn(async (key: string) => {
      await local.put(key, Readable.from([Buffer.from("12345")]));
      return local.stat(key);
    }),
    abort: vi.fn(async () => {}),
    abortOlder: vi.fn(async () => {}),
    downloadUrl: vi.fn(async () => ({ url: "https://bucket.test/x", sizeBytes: 5 })),
  } satisfies DirectTransfers;
  return { ...local, parts } satisfies ArtifactStore;
}

async function newPath(ctx: Context): Promise<{ runId: string; path: string }> {
  const { runId, experimentId } = await newRun(ctx);
  return { runId, path: `${experimentId}/${runId}/artifacts/big.bin` };
}

const ending = { uploadId: "u1", sent: [{ partNumber: 1, etag: "e" }], maxBytes: 10 };
const uploads = (ctx: Context) =>
  ctx.db.select().from(artifactUploads).where(eq(artifactUploads.workspaceId, ctx.actor.workspaceId));

test(
  "reserves the key from start to completion of an upload, then stores a file without a digest",
  inWorkspace(async (ctx) => {
    const store = await newStore();
    const { path } = await newPath(ctx);
    const key = `${ctx.actor.workspaceId}/${path}`;
    expect(await startUpload(ctx, store, { path, parts: 1 })).toMatchObject({ uploadId: "u1" });
    expect(await uploads(ctx)).toMatchObject([{ key, storeUploadId: "u1" }]);
    await completeUpload(ctx, store, { path, ...ending });
    expect(await uploads(ctx)).toEqual([]);
    expect(await ctx.db.select().from(artifactFiles).where(eq(artifactFiles.key, key))).toMatchObject([
      { sizeBytes: 5, sha256: null },
    ]);
  }),
);

test(
  "completes an upload idempotently, and rejects another upload of the same file",
  inWorkspace(async (ctx) => {
    const store = await newStore();
    const { path } = await newPath(ctx);
    await startUpload(ctx, store, { path, parts: 1 });
    for (let requested = 0; requested < 2; requested += 1) await completeUpload(ctx, store, { path, ...ending });
    expect(store.parts.complete).toHaveBeenCalledOnce();
    await expectRefusal(completeUpload(ctx, store, { path, ...ending, uploadId: "u2" }), "not-found");
    await removeArtifact(ctx, store, path);
    await expectRefusal(completeUpload(ctx, store, { path, ...ending }), "not-found");
  }),
);

test(
  "removes everything when an upload is aborted, and allows a repeated abort",
  inWorkspace(async (ctx) => {
    const store = await newStore();
    const { path } = await newPath(ctx);
    await startUpload(ctx, store, { path, parts: 1 });
    await abortUpload(ctx, store, { path, uploadId: "u1" });
    await abortUpload(ctx, store, { path, uploadId: "u1" });
    expect(store.parts.abort).toHaveBeenCalledOnce();
    expect(await uploads(ctx)).toEqual([]);
  }),
);

test(
  "rejects completing an expired upload, and collects its parts and orphaned parts",
  inWorkspace(async (ctx) => {
    const store = await newStore();
    const { path } = await newPath(ctx);
    await startUpload(ctx, store, { path, parts: 1 });
    await ctx.db.update(artifactUploads).set({ expiresAt: sql`now()` });
    await expectRefusal(completeUpload(ctx, store, { path, ...ending }), "not-found");
    await collectArtifacts(systemContext(ctx.db, ctx.actor.workspaceId, "test"), store);
    expect(store.parts.abort).toHaveBeenCalledWith(`${ctx.actor.workspaceId}/${path}`, "u1");
    expect(store.parts.abortOlder).toHaveBeenCalledWith(ctx.actor.workspaceId, expect.any(Date));
    expect(await uploads(ctx)).toEqual([]);
  }),
);

test(
  "rejects uploads to a deleted run and to a path with a file of a registered version",
  inWorkspace(async (ctx) => {
    const store = await newStore();
    const { runId, path } = await newPath(ctx);
    await startUpload(ctx, store, { path, parts: 1 });
    await store.put(`${ctx.actor.workspaceId}/${path}`, Readable.from([Buffer.from("1")]));
    await createRegisteredModel(ctx, { name: "digits" });
    await createModelVersion(ctx, { name: "digits", source: `runs:/${runId}/big.bin` });
    await expectRefusal(completeUpload(ctx, store, { path, ...ending }), "invalid");
    await expectRefusal(startUpload(ctx, store, { path, parts: 1 }), "invalid");
    const another = path.replace("big.bin", "another.bin");
    await startUpload(ctx, store, { path: another, parts: 1 });
    await deleteRun(ctx, runId);
    await expectRefusal(completeUpload(ctx, store, { path: another, ...ending }), "invalid");
  }),
);

test(
  "does not find uploads or downloads of another workspace",
  inWorkspace(async (ctx) => {
    const store = await newStore();
    const { path } = await newPath(ctx);
    await startUpload(ctx, store, { path, parts: 1 });
    const other = await newWorkspace(ctx.db);
    await expectRefusal(completeUpload(other, store, { path, ...ending }), "not-found");
    await expectRefusal(abortUpload(other, store, { path, uploadId: "u1" }), "not-found");
    await expectRefusal(getDownloadUrl(other, store, path), "not-found");
    expect(await getDownloadUrl(ctx, store, path)).toMatchObject({ sizeBytes: 5 });
  }),
);

test(
  "rejects direct transfers when artifacts are stored in a folder",
  inWorkspace(async (ctx) => {
    const { parts: _, ...store } = await newStore();
    const { path } = await newPath(ctx);
    await expectRefusal(startUpload(ctx, store, { path, parts: 1 }), "invalid");
    await expectRefusal(getDownloadUrl(ctx, store, path), "invalid");
  }),
);
