import { and, eq, gte, inArray, isNotNull, lt, notInArray, or, sql } from "drizzle-orm";
import { exports, imports } from "#db/schema/index.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { publish } from "#server/platform/events/publish.ts";
import { maxLeases } from "#server/platform/jobs/lease.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { attemptOnce } from "#server/platform/jobs/watcher.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { isUseless, removeExportFile } from "./exports/remove-export-file.ts";
import { removeUpload } from "./imports/remove-upload.ts";

/**
 * Resumes transfers whose runner died, or whose job was lost, on another runner; and deletes the files of ended imports and of exports
 * beyond their retention.
 */
export async function resumeTransfers(ctx: Context, artifacts: ArtifactStore): Promise<void> {
  permit(ctx, "resumeTransfers");
  const { workspaceId } = ctx.actor;
  const ofWorkspace = workspaceId === "" ? undefined : eq(imports.workspaceId, workspaceId);
  await failHopeless(ctx, imports);
  await failHopeless(ctx, exports);
  const lapsed = await ctx.db
    .select({ id: imports.id, workspaceId: imports.workspaceId })
    .from(imports)
    .where(and(ofWorkspace, isLapsed(imports)));
  for (const { id, workspaceId } of lapsed) await enqueue(inside(ctx, workspaceId), "run-import", { importId: id });
  const left = await ctx.db
    .select({ id: imports.id, workspaceId: imports.workspaceId })
    .from(imports)
    .where(and(ofWorkspace, isNotNull(imports.artifactKey), notInArray(imports.state, ["waiting", "running"])));
  for (const item of left) {
    await attemptOnce(item, () => removeUpload(inside(ctx, item.workspaceId), artifacts, item.id));
  }
  const within = workspaceId === "" ? undefined : eq(exports.workspaceId, workspaceId);
  const key = { id: exports.id, workspaceId: exports.workspaceId };
  const unwritten = await ctx.db
    .select(key)
    .from(exports)
    .where(and(within, isLapsed(exports)));
  for (const { id, workspaceId } of unwritten) await enqueue(inside(ctx, workspaceId), "run-export", { exportId: id });
  const useless = await ctx.db.select(key).from(exports).where(and(within, isUseless));
  for (const item of useless) {
    await attemptOnce(item, () => removeExportFile(inside(ctx, item.workspaceId), artifacts, item.id));
  }
}

/** Fails transfers on which several runners died one after the other: another would die as well, and with it all that a worker does. */
async function failHopeless(ctx: Context, table: typeof imports | typeof exports): Promise<void> {
  const { workspaceId } = ctx.actor;
  const failed = await ctx.db
    .update(table)
    .set({
      state: "failed",
      message: `The worker stopped ${maxLeases} times while processing this. See its log; the data may exceed its memory.`,
      endedAt: new Date(),
      runner: null,
      leasedUntil: null,
    })
    .where(
      and(
        workspaceId === "" ? undefined : eq(table.workspaceId, workspaceId),
        isLapsed(table),
        gte(table.attempts, maxLeases),
      ),
    )
    .returning({ id: table.id, workspaceId: table.workspaceId });
  for (const { id, workspaceId } of failed) {
    log.error("transfer.failed", { id, reason: "its runners died" });
    await publish(inside(ctx, workspaceId), "settings", id);
  }
}

function inside(ctx: Context, workspaceId: string): Context {
  return systemContext(ctx.db, workspaceId, ctx.actor.id);
}

/** Selects transfers that need another runner. A minute is enough time for the job that was enqueued with a transfer. */
function isLapsed(table: typeof imports | typeof exports) {
  const isOld = and(sql`${table.leasedUntil} is null`, lt(table.createdAt, sql`now() - interval '1 minute'`));
  return and(inArray(table.state, ["waiting", "running"]), or(lt(table.leasedUntil, sql`now()`), isOld));
}
