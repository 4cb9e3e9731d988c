import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import { and, eq, sql } from "drizzle-orm";
import { imports } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { artifactKey } from "#server/platform/artifacts/artifact-key.ts";
import { bounded } from "#server/platform/artifacts/receive-file.ts";
import { recordFile } from "#server/platform/artifacts/record-file.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { enqueue } from "#server/platform/jobs/queue.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Import, StartFileImport } from "../contract.ts";
import { loadImport } from "./queries.ts";
import { removeUpload } from "./remove-upload.ts";

/** An upload that has not arrived by then never will. */
const uploadHours = 24;

/**
 * Receives a file and starts to import it. The import is recorded before the file arrives, so that no file is left behind without one.
 * @throws DomainError "too-large"; "conflict" if it was cancelled during the upload.
 */
export async function startFileImport(
  ctx: Context,
  input: StartFileImport,
  body: Readable,
  { artifacts, maxBytes }: { artifacts: ArtifactStore; maxBytes: number },
): Promise<Import> {
  permit(ctx, "startFileImport");
  const { kind, fileName: origin } = StartFileImport.parse(input);
  const { workspaceId, name: startedByName } = ctx.actor;
  const id = randomUUID();
  const key = artifactKey(workspaceId, ["imports", id, "file"]);
  const leasedUntil = sql`now() + make_interval(hours => ${uploadHours})`;
  await ctx.db.insert(imports).values({ id, workspaceId, kind, origin, artifactKey: key, startedByName, leasedUntil });
  try {
    const stored = await artifacts.put(key, bounded(body, maxBytes));
    await transact(ctx, async (ctx) => {
      await recordFile(ctx, key, stored);
      const [ready] = await ctx.db
        .update(imports)
        .set({ leasedUntil: null })
        .where(and(eq(imports.id, id), eq(imports.workspaceId, workspaceId), eq(imports.state, "waiting")))
        .returning({ id: imports.id });
      if (!ready) throw new DomainError("conflict", "The import was cancelled during the upload.");
      const after = { kind, origin, sha256: stored.sha256 };
      await record(ctx, "import.started", { subject: `import/${id}`, after });
      await enqueue(ctx, "run-import", { importId: id });
      await publish(ctx, "settings", id);
    });
  } catch (error) {
    await markFailed(ctx, id, error);
    await removeUpload(ctx, artifacts, id);
    throw error;
  }
  return loadImport(ctx, id);
}

async function markFailed(ctx: Context, id: string, error: unknown): Promise<void> {
  const message = error instanceof DomainError ? error.message : "The file upload was incomplete. Upload it again.";
  await ctx.db
    .update(imports)
    .set({ state: "failed", message, endedAt: new Date(), leasedUntil: null })
    .where(and(eq(imports.id, id), eq(imports.workspaceId, ctx.actor.workspaceId), eq(imports.state, "waiting")));
}
