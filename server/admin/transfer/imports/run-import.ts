import { and, eq, gt } from "drizzle-orm";
import { ZodError } from "zod";
import { imports } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { log } from "#server/base/log.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { acquireLease, type Lease } from "#server/platform/jobs/lease.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { progressReporter } from "../announce-progress.ts";
import { takeOverAll } from "../write/take-over-all.ts";
import { type ImportDependencies, openSource } from "./open-source.ts";
import { loadImport } from "./queries.ts";
import { removeUpload } from "./remove-upload.ts";

type ImportRow = typeof imports.$inferSelect;

/**
 * Runs an import to its end, from where it stopped. A runner that dies leaves its lease to lapse; then resumeTransfers has another go
 * on. One that finds the import cancelled, or taken by another, ends without a word.
 */
export async function runImport(ctx: Context, importId: string, deps: ImportDependencies): Promise<void> {
  permit(ctx, "runImport");
  const lease = await acquireLease(ctx, "imports", importId);
  if (!lease) return removeUpload(ctx, deps.artifacts, importId);
  try {
    const [row] = await ctx.db.select().from(imports).where(thisImport(ctx, importId));
    if (!row) return;
    // The user who started the import is the author of what it creates.
    const asStarter: Context = { ...ctx, actor: { ...ctx.actor, name: row.startedByName } };
    const outcome = await attempt(asStarter, row, lease, deps);
    if (outcome) await end(asStarter, row, lease, outcome);
    await removeUpload(ctx, deps.artifacts, importId);
  } finally {
    lease.stop();
  }
}

interface Outcome {
  state: "done" | "failed";
  message: string | null;
}

/** @returns undefined if another runner has taken over the import. */
async function attempt(
  ctx: Context,
  row: ImportRow,
  { signal }: Lease,
  deps: ImportDependencies,
): Promise<Outcome | undefined> {
  const { id: importId, kind, origin } = row;
  const { artifacts, maxBytes } = deps;
  try {
    const source = await openSource(ctx.db, row, deps, signal);
    try {
      const report = progressReporter(ctx, importId);
      const progressed = () => {
        noteProgress(ctx, importId);
        report();
      };
      await takeOverAll({ ctx, artifacts, maxBytes, importId, kind, origin, signal, progressed }, source);
    } finally {
      await source.close();
    }
    return { state: "done", message: null };
  } catch (cause) {
    if (signal.aborted) return undefined;
    if (cause instanceof DomainError) return { state: "failed", message: cause.message };
    if (cause instanceof ZodError)
      return { state: "failed", message: `${origin} contains data that Leeway cannot read.` };
    log.error("import.failed", { importId, cause });
    return {
      state: "failed",
      message: "Internal error; see the server log. Start the import again: imported items are skipped.",
    };
  }
}

/** Notes that this runner got further than the ones before, so that a long import may be interrupted many times. */
function noteProgress(ctx: Context, id: string): void {
  ctx.db
    .update(imports)
    .set({ attempts: 0 })
    .where(and(thisImport(ctx, id), gt(imports.attempts, 0)))
    .catch((cause: unknown) => log.warn("import.progress_not_noted", { importId: id, cause }));
}

async function end(ctx: Context, { id, origin }: ImportRow, { runner }: Lease, outcome: Outcome): Promise<void> {
  await transact(ctx, async (ctx) => {
    const [ended] = await ctx.db
      .update(imports)
      .set({ ...outcome, endedAt: new Date(), secret: null, runner: null, leasedUntil: null })
      .where(and(thisImport(ctx, id), eq(imports.runner, runner), eq(imports.state, "running")))
      .returning({ id: imports.id });
    if (!ended) return;
    const { counts } = await loadImport(ctx, id);
    const after = { origin, message: outcome.message, ...counts };
    await record(ctx, `import.${outcome.state}`, { subject: `import/${id}`, after });
    await publish(ctx, "settings", id);
  });
}

function thisImport(ctx: Context, id: string) {
  return and(eq(imports.workspaceId, ctx.actor.workspaceId), eq(imports.id, id));
}
