import { and, eq } from "drizzle-orm";
import { datasetUploads, datasetVersions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { releaseArtifacts } from "#server/platform/artifacts/release-artifacts.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { UploadProblem } from "./contract.ts";
import { findContract } from "./lookups.ts";
import { ColumnProfiler } from "./profile/column-profiler.ts";
import type { ColumnProfile } from "./profile/contract.ts";
import { digestOf, MultisetHash } from "./rows/multiset-hash.ts";
import { openTable } from "./rows/open-table.ts";
import { rowHasher } from "./rows/row-hash.ts";
import { UnreadableFile } from "./rows/rows.ts";
import { isUnread } from "./upload-states.ts";
import { versionsOfRows } from "./versions-of-rows.ts";

type Upload = typeof datasetUploads.$inferSelect;

interface Reading {
  rows: number;
  columns: ColumnProfile[];
  contentHash: string;
}

const progressMs = 1000;
const withdrawn: UploadProblem = { message: "The job that created this file was cancelled or failed." };

/**
 * Reads the rows of an uploaded file and creates a version of them, or stores the position of the error in the file. If the rows equal an
 * existing version of this dataset, no new one is created, and the file is deleted: at once if its bytes are equal too, otherwise after a
 * week. A repeated run, even after a crash, restarts from the
 * beginning; it does nothing for a completed upload. An invalid file is an outcome; any other failure is thrown, so that it is retried.
 * @param isWanted asked before the rows are read, and in the transaction that creates the version; if not, the upload fails
 */
export async function readDataset(
  ctx: Context,
  uploadId: string,
  store: ArtifactStore,
  isWanted: (ctx: Context) => Promise<boolean> = async () => true,
): Promise<void> {
  permit(ctx, "readDataset");
  const [upload] = await ctx.db
    .update(datasetUploads)
    .set({ state: "running", rowsRead: 0 })
    .where(isUnread(ctx, uploadId))
    .returning();
  if (!upload) return;
  const outcome = (await isWanted(ctx)) ? await inspect(ctx, upload, store) : withdrawn;
  await transact(ctx, async (ctx) => {
    if (!(await isWanted(ctx))) await fail(ctx, upload, withdrawn);
    else if ("message" in outcome) await fail(ctx, upload, outcome);
    else await finish(ctx, upload, outcome);
  });
}

async function inspect(ctx: Context, upload: Upload, store: ArtifactStore): Promise<Reading | UploadProblem> {
  try {
    return await read(ctx, upload, store);
  } catch (error) {
    if (error instanceof UnreadableFile) {
      const { message, line, column } = error;
      return { message, ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
    }
    if (!(error instanceof DomainError) || error.code === "unavailable") throw error;
    const isGone = error.code === "not-found";
    return { message: isGone ? "The file is no longer available. Upload it again." : error.message };
  }
}

async function read(ctx: Context, upload: Upload, store: ArtifactStore): Promise<Reading> {
  const table = await openTable(store, upload);
  const profilers = table.columns.map((name) => new ColumnProfiler(name));
  const toHash = rowHasher(table.columns);
  const hash = new MultisetHash();
  let reportedAt = performance.now();
  for await (const { at, values } of table.rows) {
    hash.add(toHash(values));
    for (const [index, profiler] of profilers.entries()) profiler.add(values[index] ?? null, at);
    if (hash.rows % 1000 === 0 && performance.now() - reportedAt > progressMs) {
      await reportProgress(ctx, upload, hash.rows);
      reportedAt = performance.now();
    }
  }
  if (hash.rows === 0) throw new UnreadableFile("The file has a header but no rows.", { line: 2 });
  return {
    rows: hash.rows,
    columns: profilers.map((profiler) => profiler.profile()),
    contentHash: hash.digest(table.columns),
  };
}

async function reportProgress(ctx: Context, { id, name }: Upload, rowsRead: number): Promise<void> {
  await ctx.db.update(datasetUploads).set({ rowsRead }).where(isUnread(ctx, id));
  await publish(ctx, "dataset", name);
}

async function finish(ctx: Context, upload: Upload, reading: Reading): Promise<void> {
  const { workspaceId } = ctx.actor;
  const { name, fileName, format, artifactKey, sizeBytes, sha256, note, createdBy } = upload;
  const digest = digestOf(reading.contentHash);
  const [made] = await ctx.db
    .insert(datasetVersions)
    .values({
      workspaceId,
      name,
      digest,
      fileName,
      format,
      artifactKey,
      sizeBytes,
      sha256,
      note,
      createdBy,
      ...reading,
    })
    .onConflictDoNothing()
    .returning({ id: datasetVersions.id });
  const isSame = and(
    eq(datasetVersions.workspaceId, workspaceId),
    eq(datasetVersions.name, name),
    eq(datasetVersions.digest, digest),
  );
  const [version] = await ctx.db
    .select({ id: datasetVersions.id, contentHash: datasetVersions.contentHash })
    .from(datasetVersions)
    .where(isSame);
  if (version && version.contentHash !== reading.contentHash) {
    const message = `Version ${digest} of the dataset has the same digest but different rows. Upload the file under another name.`;
    return fail(ctx, upload, { message });
  }
  const [done] = await ctx.db
    .update(datasetUploads)
    .set({ state: "done", rowsRead: reading.rows, versionId: version?.id ?? null, finishedAt: new Date() })
    .where(isUnread(ctx, upload.id))
    .returning({ id: datasetUploads.id });
  // A second worker that read the same file finished first.
  if (!done) return;
  if (made) {
    await record(ctx, "dataset.version-created", {
      subject: `dataset/${name}`,
      after: { digest, rows: reading.rows, fileName },
    });
    for (const versionId of await versionsOfRows(ctx, { name, digest }))
      await enqueue(ctx, "find-reference", { versionId });
    const contract = await findContract(ctx, name);
    if (contract) await enqueue(ctx, "check-dataset", { versionId: made.id, contractId: contract.id });
  } else {
    await releaseFile(ctx, upload);
  }
  await publish(ctx, "dataset", name);
}

async function fail(ctx: Context, upload: Upload, problem: UploadProblem): Promise<void> {
  const [failed] = await ctx.db
    .update(datasetUploads)
    .set({ state: "failed", problem, finishedAt: new Date() })
    .where(isUnread(ctx, upload.id))
    .returning({ id: datasetUploads.id });
  if (!failed) return;
  await record(ctx, "dataset.upload-refused", {
    subject: `dataset/${upload.name}`,
    after: { fileName: upload.fileName, problem: problem.message },
  });
  await releaseFile(ctx, upload);
  await publish(ctx, "dataset", upload.name);
}

async function releaseFile(ctx: Context, { artifactKey }: Upload): Promise<void> {
  const folder = artifactKey.split("/").slice(1, -1).join("/");
  await releaseArtifacts(ctx, [folder]);
}
