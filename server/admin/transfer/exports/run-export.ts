import { and, eq } from "drizzle-orm";
import { exports } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { newArchive } from "#server/base/zip/archive.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import { recordFile, type StoredFile } from "#server/platform/artifacts/record-file.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { acquireLease, type Lease } from "#server/platform/jobs/lease.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { workspaceSlug } from "./queries.ts";
import { removeExportFile } from "./remove-export-file.ts";
import { writeExport } from "./write-export.ts";

type ExportRow = typeof exports.$inferSelect;

const progressMs = 1_000;

/**
 * Writes an export. If a runner dies, another one restarts the export: half a zip cannot be continued, and is not stored. The store keeps
 * the file only once it is complete, under a name that the row already contains, so that it is found in any case.
 */
export async function runExport(ctx: Context, exportId: string, artifacts: ArtifactStore): Promise<void> {
  permit(ctx, "runExport");
  const lease = await acquireLease(ctx, "exports", exportId);
  if (!lease) return removeExportFile(ctx, artifacts, exportId);
  try {
    const key = artifactKey(ctx.actor.workspaceId, ["exports", exportId, "file.zip"]);
    const [row] = await ctx.db.update(exports).set({ artifactKey: key }).where(thisExport(ctx, exportId)).returning();
    if (!row) return;
    await write(ctx, row, lease, { artifacts, key });
    await removeExportFile(ctx, artifacts, exportId);
  } finally {
    lease.stop();
  }
}

async function write(
  ctx: Context,
  row: ExportRow,
  lease: Lease,
  { artifacts, key }: { artifacts: ArtifactStore; key: string },
): Promise<void> {
  const archive = newArchive({ onBytes: progressOf(ctx, row.id) });
  const stop = () => archive.fail(new Error("The export was stopped."));
  lease.signal.addEventListener("abort", stop);
  try {
    const { hasArtifacts } = row;
    const workspace = await workspaceSlug(ctx);
    const stored = artifacts.put(key, archive.output);
    const written = writeExport(ctx, archive, { artifacts, workspace, hasArtifacts }).catch((error: unknown) => {
      archive.fail(error instanceof Error ? error : new Error(String(error)));
      throw error;
    });
    const [file, outcome] = await Promise.allSettled([stored, written]);
    if (outcome.status === "rejected") throw outcome.reason;
    if (file.status === "rejected") throw file.reason;
    await end(ctx, row, lease, { state: "done", message: null, file: file.value });
  } catch (cause) {
    if (lease.signal.aborted) return;
    const isKnown = cause instanceof DomainError;
    if (!isKnown) log.error("export.failed", { exportId: row.id, cause });
    const message = isKnown ? cause.message : "Internal error; see the server log.";
    await end(ctx, row, lease, { state: "failed", message });
  } finally {
    lease.signal.removeEventListener("abort", stop);
  }
}

interface Outcome {
  state: "done" | "failed";
  message: string | null;
  file?: StoredFile;
}

async function end(ctx: Context, { id }: ExportRow, { runner }: Lease, { file, ...outcome }: Outcome): Promise<void> {
  await transact(ctx, async (ctx) => {
    const isOurs = and(thisExport(ctx, id), eq(exports.runner, runner), eq(exports.state, "running"));
    const [ended] = await ctx.db
      .update(exports)
      .set({ ...outcome, ...file, endedAt: new Date(), runner: null, leasedUntil: null })
      .where(isOurs)
      .returning({ key: exports.artifactKey });
    if (!ended) return;
    if (file && ended.key) await recordFile(ctx, ended.key, file);
    await record(ctx, `export.${outcome.state}`, {
      subject: `export/${id}`,
      after: { ...file, message: outcome.message },
    });
    await publish(ctx, "settings", id);
  });
}

/** Stores the number of bytes once a second, for users who follow the progress. */
function progressOf(ctx: Context, id: string): (count: number) => void {
  let [bytes, reportedAt] = [0, performance.now()];
  return (count) => {
    bytes += count;
    if (performance.now() - reportedAt < progressMs) return;
    reportedAt = performance.now();
    reportProgress(ctx, id, bytes).catch((cause: unknown) =>
      log.warn("export.progress_update_failed", { id, reason: String(cause) }),
    );
  };
}

async function reportProgress(ctx: Context, id: string, sizeBytes: number): Promise<void> {
  await ctx.db
    .update(exports)
    .set({ sizeBytes })
    .where(and(thisExport(ctx, id), eq(exports.state, "running")));
  await publish(ctx, "settings", id);
}

function thisExport(ctx: Context, id: string) {
  return and(eq(exports.workspaceId, ctx.actor.workspaceId), eq(exports.id, id));
}
