import { randomUUID } from "node:crypto";
import { extname } from "node:path";
import type { Readable } from "node:stream";
import { datasetUploads } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { announceUpload, endUpload } from "#server/platform/artifacts/announce-upload.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import { bounded, uploadError } from "#server/platform/artifacts/receive-file.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { JobData } from "#server/platform/jobs/kinds.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type DatasetFormat, type DatasetUpload, UploadDataset } from "./contract.ts";
import { toUpload } from "./shapes.ts";

export interface DatasetIntake {
  artifacts: ArtifactStore;
  maxBytes: number;
  /** For a runner that reads the rows itself: a job does so only after so long, and only if that runner still works on it. */
  ownReading?: { maker: NonNullable<JobData["read-dataset"]["maker"]>; afterSeconds: number };
}

/**
 * Stores a CSV, Parquet or Arrow file as it arrives; a job reads it and creates the version. An aborted upload leaves nothing behind.
 * @throws DomainError "invalid", "too-large", "unavailable" if the storage is full.
 */
export async function uploadDataset(
  ctx: Context,
  input: UploadDataset,
  body: Readable,
  { artifacts, maxBytes, ownReading }: DatasetIntake,
): Promise<DatasetUpload> {
  permit(ctx, "uploadDataset");
  const { name, fileName, note } = UploadDataset.parse(input);
  const format = formatOf(fileName);
  // A sender may disconnect before the first byte is read; the read reports the error then.
  body.on("error", () => {});
  const id = randomUUID();
  const key = artifactKey(ctx.actor.workspaceId, ["datasets", id, `rows.${format}`]);
  const upload = await transact(ctx, (ctx) => announceUpload(ctx, key));
  const stored = await artifacts.put(key, bounded(body, maxBytes)).catch((error: unknown) => {
    throw uploadError(error);
  });
  return transact(ctx, async (ctx) => {
    await endUpload(ctx, upload, stored);
    const { workspaceId, name: createdBy } = ctx.actor;
    const [row] = await ctx.db
      .insert(datasetUploads)
      .values({ id, workspaceId, name, fileName, format, artifactKey: key, ...stored, note, createdBy })
      .returning();
    if (!row) throw new Error("The upload was not stored.");
    await record(ctx, "dataset.uploaded", { subject: `dataset/${name}`, after: { fileName, ...stored } });
    const reading = { uploadId: id, ...(ownReading && { maker: ownReading.maker }) };
    await enqueue(ctx, "read-dataset", reading, { startAfterSeconds: ownReading?.afterSeconds ?? 0 });
    await publish(ctx, "dataset", name);
    return toUpload(row, null);
  });
}

function formatOf(fileName: string): DatasetFormat {
  const ending = extname(fileName).toLowerCase();
  if (ending === ".csv" || ending === ".tsv" || ending === ".txt") return "csv";
  if (ending === ".parquet" || ending === ".pq") return "parquet";
  if ([".arrow", ".arrows", ".feather", ".ipc"].includes(ending)) return "arrow";
  throw new DomainError("invalid", `Unsupported file type: "${fileName}". Use .csv, .parquet, .arrow or .feather.`);
}
