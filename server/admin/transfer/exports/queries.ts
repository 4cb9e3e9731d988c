import type { Readable } from "node:stream";
import { and, desc, eq, sql } from "drizzle-orm";
import { exports, workspaces } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { Export } from "../contract.ts";

const maxListed = 100;

/** Lists the newest exports of the workspace, at most 100. */
export async function listExports(ctx: Context): Promise<Export[]> {
  permit(ctx, "listExports");
  const rows = await ctx.db
    .select()
    .from(exports)
    .where(eq(exports.workspaceId, ctx.actor.workspaceId))
    .orderBy(desc(exports.createdAt), desc(exports.id))
    .limit(maxListed);
  return rows.map(toExport);
}

/** @throws DomainError "not-found" */
export async function getExport(ctx: Context, exportId: string): Promise<Export> {
  permit(ctx, "getExport");
  return loadExport(ctx, exportId);
}

/** Returns an export, for commands, which require no permission to read. @throws DomainError "not-found" */
export async function loadExport(ctx: Context, exportId: string): Promise<Export> {
  return toExport(await findExport(ctx, exportId));
}

/** Opens the file of an export in the store. @throws DomainError "not-found", also before it is written and after its retention. */
export async function openExport(
  ctx: Context,
  exportId: string,
  artifacts: ArtifactStore,
): Promise<{ fileName: string; sizeBytes: number; body: Readable }> {
  permit(ctx, "openExport");
  const { state, artifactKey: key, createdAt } = await findExport(ctx, exportId);
  if (state !== "done" || !key) throw new DomainError("not-found", "This export has no file.");
  const { sizeBytes } = await artifacts.stat(key);
  const slug = await workspaceSlug(ctx);
  const fileName = `leeway-${slug}-${createdAt.toISOString().slice(0, 10)}.zip`;
  return { fileName, sizeBytes, body: await artifacts.open(key) };
}

/** Returns the slug of the caller's workspace. */
export async function workspaceSlug(ctx: Context): Promise<string> {
  const [found] = await ctx.db
    .select({ slug: workspaces.slug })
    .from(workspaces)
    .where(eq(workspaces.id, ctx.actor.workspaceId));
  return found?.slug ?? "workspace";
}

async function findExport(ctx: Context, exportId: string): Promise<typeof exports.$inferSelect> {
  const [row] = await ctx.db
    .select()
    .from(exports)
    .where(and(eq(exports.workspaceId, ctx.actor.workspaceId), sql`${exports.id}::text = ${exportId}`));
  if (!row) throw new DomainError("not-found", "Export not found.");
  return row;
}

function toExport(row: typeof exports.$inferSelect): Export {
  return Export.parse({ ...row, isThere: row.state === "done" && row.artifactKey !== null });
}
