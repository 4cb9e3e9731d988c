import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { sql } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { findHolders } from "#server/admin/collection/find-holders.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { auditActions, waitingJobs } from "#server/testing/fixtures/registry/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { uploadRows } from "../../testing/fixtures/datasets/testing.ts";
import { markLeakageCheckFailed } from "./leakage/mark-leakage-check-failed.ts";
import { getLeakageCheck } from "./leakage/queries.ts";
import { requestLeakageCheck } from "./leakage/request-leakage-check.ts";
import { markUploadFailed } from "./mark-upload-failed.ts";
import { getDatasetUpload } from "./queries.ts";
import { readDataset } from "./read-dataset.ts";
import { retryUpload } from "./retry-upload.ts";
import { uploadDataset } from "./upload-dataset.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-given-up-"));
afterAll(() => rmSync(folder, { recursive: true }));
const store = await openLocalStore(folder);
const name = "flights";
const reason = "The bucket of the artifacts does not answer.";

/** Creates an upload whose processing failed at every attempt. */
async function givenUp(ctx: Context): Promise<string> {
  const body = Readable.from([Buffer.from("a\n1\n")]);
  const { id } = await uploadDataset(ctx, { name, fileName: "a.csv" }, body, { artifacts: store, maxBytes: 1000 });
  const away: ArtifactStore = { ...store, open: () => Promise.reject(new DomainError("unavailable", reason)) };
  await expect(readDataset(ctx, id, away)).rejects.toThrow(reason);
  await markUploadFailed(ctx, { uploadId: id, reason });
  return id;
}

const holders = async (ctx: Context, id: string) => [
  ...(await findHolders(ctx, [`${ctx.actor.workspaceId}/datasets/${id}`])).values(),
];

test(
  "states why an upload failed, keeps its file, and creates a version on retry",
  inWorkspace(async (ctx) => {
    const id = await givenUp(ctx);
    const upload = await getDatasetUpload(ctx, { name, id });
    expect(upload).toMatchObject({ state: "failed", problem: { canRetry: true } });
    expect(upload.problem?.message).toContain(reason);
    expect(await holders(ctx, id)).toEqual(["dataset flights"]);
    expect(await retryUpload(ctx, { name, id })).toMatchObject({ state: "waiting", problem: null, finishedAt: null });
    expect((await waitingJobs(ctx)).filter(({ name }) => name === "read-dataset")).toHaveLength(2);
    await readDataset(ctx, id, store);
    expect(await getDatasetUpload(ctx, { name, id })).toMatchObject({ state: "done", rowsRead: 1 });
    expect(await auditActions(ctx)).toEqual([
      "dataset.uploaded",
      "dataset.upload-failed",
      "dataset.upload-retried",
      "dataset.version-created",
    ]);
  }),
);

test(
  "releases the file after some days, and rejects a retry",
  inWorkspace(async (ctx) => {
    const id = await givenUp(ctx);
    await ctx.db.execute(sql`update dataset_uploads set finished_at = now() - interval '8 days' where id = ${id}`);
    expect(await holders(ctx, id)).toEqual([]);
    await expect(retryUpload(ctx, { name, id })).rejects.toMatchObject({ code: "conflict" });
  }),
);

test(
  "neither fails nor retries an upload with an invalid or already read file",
  inWorkspace(async (ctx) => {
    for (const rows of ["a,b\n1\n", "a\n1\n"]) {
      const { id, state } = await uploadRows(ctx, store, { rows });
      await markUploadFailed(ctx, { uploadId: id, reason });
      expect(await getDatasetUpload(ctx, { name, id })).toMatchObject({ state });
      await expect(retryUpload(ctx, { name, id })).rejects.toMatchObject({ code: "conflict" });
    }
    const unknown = { name: "other", id: (await uploadRows(ctx, store, { rows: "a\n2\n" })).id };
    await expect(retryUpload(ctx, unknown)).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "reports a permanent error while reading a file on the upload",
  inWorkspace(async (ctx) => {
    const body = Readable.from([Buffer.from("a\n1\n")]);
    const { id } = await uploadDataset(ctx, { name, fileName: "a.csv" }, body, { artifacts: store, maxBytes: 1000 });
    const refusing: ArtifactStore = { ...store, open: () => Promise.reject(new DomainError("too-large", "Too long.")) };
    await readDataset(ctx, id, refusing);
    expect(await getDatasetUpload(ctx, { name, id })).toMatchObject({
      state: "failed",
      problem: { message: "Too long." },
    });
  }),
);

test(
  "states why a leakage check failed, and keeps a completed one",
  inWorkspace(async (ctx) => {
    const { digest } = await uploadRows(ctx, store, { rows: "split\na\nb\n" });
    const side = (value: string) => ({ name, digest: digest ?? "", where: { column: "split", value } });
    const { id } = await requestLeakageCheck(ctx, { name, question: { left: side("a"), right: side("b") } });
    for (const why of [reason, "Later."]) await markLeakageCheckFailed(ctx, { checkId: id, reason: why });
    const check = await getLeakageCheck(ctx, { name, id });
    expect(check).toMatchObject({ state: "failed", problem: expect.stringContaining(reason) });
    expect(check.problem).not.toContain("Later.");
  }),
);
