import { datasetUploads } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { JobData } from "#server/platform/jobs/kinds.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { UploadProblem } from "./contract.ts";
import { isUnread } from "./upload-states.ts";

/** Marks an upload as failed after its last attempt failed for a reason other than the file, which is kept for a retry. */
export async function markUploadFailed(ctx: Context, { uploadId, reason }: JobData["give-up-dataset"]): Promise<void> {
  permit(ctx, "markUploadFailed");
  const problem: UploadProblem = { message: `Processing failed repeatedly. ${reason}`, canRetry: true };
  await transact(ctx, async (ctx) => {
    const [failed] = await ctx.db
      .update(datasetUploads)
      .set({ state: "failed", problem, finishedAt: new Date() })
      .where(isUnread(ctx, uploadId))
      .returning({ name: datasetUploads.name, fileName: datasetUploads.fileName });
    if (!failed) return;
    const { name, fileName } = failed;
    await record(ctx, "dataset.upload-failed", { subject: `dataset/${name}`, after: { fileName, reason } });
    await publish(ctx, "dataset", name);
  });
}
