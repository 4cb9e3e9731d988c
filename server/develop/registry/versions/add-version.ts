import { and, eq, sql } from "drizzle-orm";
import { modelVersions, modelVersionTags, registeredModels } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { noteLock } from "#server/base/lock-order.ts";
import { latestPerKey } from "#server/develop/tracking/keys.ts";
import { referToArtifacts } from "#server/platform/artifacts/refer-to-artifacts.ts";
import { lockToSeal } from "#server/platform/artifacts/reference-lock.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { enqueueFeatureUses } from "../../features/uses/enqueue-feature-uses.ts";
import { noModel } from "../lookups.ts";
import { noteVersionFeatures } from "../pipeline/note-version-features.ts";
import { signatureTag } from "../security/contract.ts";
import { enqueueScan } from "../security/enqueue-scan.ts";
import { storeSignature } from "../security/store-signature.ts";
import type { Tag } from "../tags/contract.ts";

type VersionRow = typeof modelVersions.$inferInsert;
type NewVersion = Omit<VersionRow, "workspaceId" | "modelId" | "version" | "createdAt" | "updatedAt"> & {
  /** Number of an imported version; defaults to the next one, also when a greater number was assigned already. */
  number?: number | undefined;
  createdAt?: number | undefined;
};

/**
 * Inserts a version under the next number of its model, in the caller's transaction. Numbers are never reused, and concurrent inserts get
 * different numbers: the second waits for the first.
 * @returns its id and number. @throws DomainError "not-found", "unavailable" while its files are being removed, "invalid" for a signature
 * tag with an invalid value.
 */
export async function addVersion(
  ctx: Context,
  name: string,
  { number: wanted, ...version }: NewVersion,
  tags: Tag[],
): Promise<{ id: string; version: number }> {
  const { workspaceId } = ctx.actor;
  const now = Date.now();
  await referToArtifacts(ctx, {
    storageLocation: version.storageLocation,
    artifactKey: version.artifactKey ?? null,
  });
  await lockToSeal(ctx);
  noteLock(ctx, "registered model");
  const [model] = await ctx.db
    .update(registeredModels)
    .set({ lastVersion: sql`greatest(${registeredModels.lastVersion} + 1, ${wanted ?? 0}::int)`, updatedAt: now })
    .where(and(eq(registeredModels.workspaceId, workspaceId), eq(registeredModels.name, name)))
    .returning();
  if (!model) throw noModel(name);
  const number = model.lastVersion;
  const [row] = await ctx.db
    .insert(modelVersions)
    .values({
      ...version,
      workspaceId,
      modelId: model.id,
      version: number,
      userName: version.userName ?? ctx.actor.name,
      createdAt: version.createdAt ?? now,
      updatedAt: now,
    })
    .returning({ id: modelVersions.id });
  if (!row) throw new Error("The version was not inserted.");
  const tagRows = latestPerKey(tags).map((tag) => ({ workspaceId, versionId: row.id, ...tag }));
  if (tagRows.length > 0) await ctx.db.insert(modelVersionTags).values(tagRows);
  await noteVersionFeatures(ctx, { id: row.id, name, version: number, pipeline: version.pipeline });
  await enqueueScan(ctx, row.id);
  await enqueueFeatureUses(ctx, { versionId: row.id, runId: version.runId ?? "", tags: tagRows });
  if (version.runId && version.signature) await enqueue(ctx, "find-reference", { versionId: row.id });
  await record(ctx, "version.created", {
    subject: `version/${name}/${number}`,
    after: {
      source: version.source,
      runId: version.runId,
      sha256: version.sha256,
      description: version.description,
      ...(version.pipelineDigest && { pipelineDigest: version.pipelineDigest }),
      tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
    },
  });
  const signature = tags.findLast(({ key }) => key === signatureTag);
  if (signature) await storeSignature(ctx, { versionId: row.id, name, version: number }, signature.value);
  await publish(ctx, "model", model.id);
  return { id: row.id, version: number };
}
