import { and, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import { modelVersions, promotionRequests, registeredModels, trashedModels } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { referToArtifacts } from "#server/platform/artifacts/refer-to-artifacts.ts";
import { lockToRefer } from "#server/platform/artifacts/reference-lock.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { refuseWhilePurged } from "#server/platform/purge-lock/refuse-while-purged.ts";
import { lockAlias, moveAlias } from "../aliases/move-alias.ts";
import { noteVersionFeatures } from "../pipeline/note-version-features.ts";
import { loadPolicy } from "../policy/queries.ts";
import { enqueueChecks } from "../requests/enqueue-checks.ts";
import { enqueueScan } from "../security/enqueue-scan.ts";
import { endInterrupted } from "./end-interrupted.ts";
import { restoreRows, type StoredRows } from "./stored-rows.ts";

type Trashed = typeof trashedModels.$inferSelect;

/**
 * Brings a deleted model or version back as it was: ids, tags, history, checks, deployments. A model has its aliases again; a version has
 * those that point at nothing now and are not protected. Work that the deletion interrupted has ended, except for checks, which run again.
 * @param id of the row in the trash.
 * @throws DomainError "not-found"; "conflict" when the name is taken, the model of a version is not there, or it is being purged
 */
export async function restoreTrashedModel(ctx: Context, id: string): Promise<void> {
  permit(ctx, "restoreTrashedModel");
  await transact(ctx, async (ctx) => {
    // Before the row, as a request to purge it does.
    await lockToRefer(ctx);
    const isThis = and(sql`${trashedModels.id}::text = ${id}`, eq(trashedModels.workspaceId, ctx.actor.workspaceId));
    const [trashed] = await ctx.db.select().from(trashedModels).where(isThis).for("update");
    if (!trashed) throw new DomainError("not-found", "No such model or version in the trash.");
    await refuseWhilePurged(ctx, trashed.kind, [id]);
    const kept = endInterrupted(trashed.rows, new Date());
    for (const row of rowsOf(kept, "model_versions")) {
      await referToArtifacts(ctx, {
        storageLocation: String(row.storage_location),
        artifactKey: row.artifact_key as string | null,
      });
    }
    if (trashed.kind === "model") await restoreModel(ctx, trashed, kept);
    else await restoreVersion(ctx, trashed, kept);
    await noteFeaturesAgain(ctx, trashed.name, kept);
    await resumeChecks(ctx, kept);
    await ctx.db.delete(trashedModels).where(isThis);
    const subject = trashed.version === null ? `model/${trashed.name}` : `version/${trashed.name}/${trashed.version}`;
    await record(ctx, `${trashed.kind}.restored`, { subject, after: { name: trashed.name, version: trashed.version } });
    await publish(ctx, "model", trashed.modelId);
  });
}

async function restoreModel(ctx: Context, { name }: Trashed, kept: StoredRows[]): Promise<void> {
  // A concurrent creation of a model with this name waits for the unique index, which then rejects it.
  const [existing] = await ctx.db
    .select({ id: registeredModels.id })
    .from(registeredModels)
    .where(and(eq(registeredModels.workspaceId, ctx.actor.workspaceId), eq(registeredModels.name, name)));
  const conflict = new DomainError("conflict", `Another model is now named ${name}. Rename that one first.`);
  if (existing) throw conflict;
  await transact(ctx, (ctx) => restoreRows(ctx, kept)).catch((error: Error) => {
    const { constraint } = (error.cause ?? error) as { constraint?: string };
    throw constraint === "registered_models_name" ? conflict : error;
  });
}

async function restoreVersion(ctx: Context, { modelId, name, version }: Trashed, kept: StoredRows[]): Promise<void> {
  const [model] = await ctx.db
    .select({ id: registeredModels.id })
    .from(registeredModels)
    .where(and(eq(registeredModels.id, modelId), eq(registeredModels.workspaceId, ctx.actor.workspaceId)))
    .for("update");
  if (!model) throw new DomainError("conflict", `The model ${name} does not exist. Restore it first.`);
  await restoreRows(
    ctx,
    kept.filter(({ table }) => table !== "model_aliases"),
  );
  const [restored] = await ctx.db
    .select({ id: modelVersions.id, version: modelVersions.version })
    .from(modelVersions)
    .where(and(eq(modelVersions.modelId, modelId), eq(modelVersions.version, version ?? 0)));
  if (!restored) throw new Error("The version was not put back.");
  const { policy } = await loadPolicy(ctx, modelId);
  for (const { alias } of rowsOf(kept, "model_aliases") as { alias: string }[]) {
    if (policy.protectedAliases.includes(alias) || (await lockAlias(ctx, modelId, alias))) continue;
    await moveAlias(ctx, { modelId, alias, to: restored, cause: "direct", reason: "Restored from the trash" });
  }
  const isOfVersion = and(
    eq(promotionRequests.modelId, modelId),
    eq(promotionRequests.version, restored.version),
    isNull(promotionRequests.versionId),
  );
  await ctx.db.update(promotionRequests).set({ versionId: restored.id }).where(isOfVersion);
}

/** Records the features that the restored versions look up. */
async function noteFeaturesAgain(ctx: Context, name: string, kept: readonly StoredRows[]): Promise<void> {
  const versions = rowsOf(kept, "model_versions").map(({ id }) => String(id));
  const { id, version, pipeline } = modelVersions;
  const found = await ctx.db
    .select({ id, version, pipeline })
    .from(modelVersions)
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), inArray(id, versions), isNotNull(pipeline)));
  for (const one of found) await noteVersionFeatures(ctx, { name, ...one });
}

/** Enqueues what jobs found no version for while it was in the trash: inspections, scans, and the gates of open requests. */
async function resumeChecks(ctx: Context, kept: readonly StoredRows[]): Promise<void> {
  for (const { id, inspection } of rowsOf(kept, "model_versions")) {
    const versionId = String(id);
    if (inspection === "pending") await enqueue(ctx, "inspect-version", { versionId });
    await enqueueChecks(ctx, eq(promotionRequests.versionId, versionId));
  }
  for (const { version_id: id, verdict } of rowsOf(kept, "version_scans")) {
    if (verdict === null) await enqueueScan(ctx, String(id));
  }
}

function rowsOf(kept: readonly StoredRows[], table: string): Record<string, unknown>[] {
  return kept.find((each) => each.table === table)?.rows ?? [];
}
