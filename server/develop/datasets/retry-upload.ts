import { datasetUploads } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { referToArtifacts } from "#server/platform/artifacts/refer-to-artifacts.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type DatasetUpload, RetryUpload } from "./contract.ts";
import { findUpload } from "./lookups.ts";
import { toUpload } from "./shapes.ts";
import { isRetryable } from "./upload-states.ts";

/**
 * Retries a file whose processing failed for a reason other than the file.
 * @throws DomainError "not-found", "conflict" if it is being processed, was processed, or is invalid itself
 */
export async function retryUpload(ctx: Context, input: RetryUpload): Promise<DatasetUpload> {
  permit(ctx, "retryUpload");
  const { name, id } = RetryUpload.parse(input);
  return transact(ctx, async (ctx) => {
    const { artifactKey } = await findUpload(ctx, { name, id });
    await referToArtifacts(ctx, { storageLocation: "", artifactKey });
    const [waiting] = await ctx.db
      .update(datasetUploads)
      .set({ state: "waiting", rowsRead: 0, problem: null, finishedAt: null })
      .where(isRetryable(ctx, id))
      .returning();
    if (!waiting) throw new DomainError("conflict", "Only files that failed in the last 7 days can be retried.");
    await record(ctx, "dataset.upload-retried", { subject: `dataset/${name}`, after: { fileName: waiting.fileName } });
    await enqueue(ctx, "read-dataset", { uploadId: id });
    await publish(ctx, "dataset", name);
    return toUpload(waiting, null);
  });
}
