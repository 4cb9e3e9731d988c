import { and, eq, ne } from "drizzle-orm";
import { modelVersions } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findVersion } from "../lookups.ts";
import { enqueueScan } from "../security/enqueue-scan.ts";
import { VersionKey } from "../versions/contract.ts";

/**
 * Requests another inspection of a version's files, for instance because they were uploaded after it was registered.
 * @throws DomainError "not-found", "conflict" for one that can be served: its files are fixed.
 */
export async function requestInspection(ctx: Context, input: VersionKey): Promise<void> {
  permit(ctx, "requestInspection");
  const key = VersionKey.parse(input);
  await transact(ctx, async (ctx) => {
    const { id, modelId } = await findVersion(ctx, key);
    const [waiting] = await ctx.db
      .update(modelVersions)
      .set({ inspection: "pending", inspectionMessage: null, inspectedAt: null })
      .where(and(eq(modelVersions.id, id), ne(modelVersions.inspection, "servable")))
      .returning();
    if (!waiting)
      throw new DomainError("conflict", "This version can already be served. Register new files as a new version.");
    await enqueue(ctx, "inspect-version", { versionId: id });
    await enqueueScan(ctx, id);
    await record(ctx, "version.inspection-requested", { subject: `version/${key.name}/${key.version}` });
    await publish(ctx, "model", modelId);
  });
}
