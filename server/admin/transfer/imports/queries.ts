import { and, asc, desc, eq, inArray, sql } from "drizzle-orm";
import { importItems, imports } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Counts, Import, ImportItem, ListItems } from "../contract.ts";

const maxListed = 100;

/** Lists the newest imports of the workspace, at most 100, with their progress. */
export async function listImports(ctx: Context): Promise<Import[]> {
  permit(ctx, "listImports");
  const rows = await ctx.db
    .select()
    .from(imports)
    .where(eq(imports.workspaceId, ctx.actor.workspaceId))
    .orderBy(desc(imports.createdAt), desc(imports.id))
    .limit(maxListed);
  return withCounts(ctx, rows);
}

/** @throws DomainError "not-found" */
export async function getImport(ctx: Context, importId: string): Promise<Import> {
  permit(ctx, "getImport");
  return loadImport(ctx, importId);
}

/** Returns an import, for commands, which require no permission to read. @throws DomainError "not-found" */
export async function loadImport(ctx: Context, importId: string): Promise<Import> {
  // Compared as text: what is no UUID is not found either.
  const rows = await ctx.db
    .select()
    .from(imports)
    .where(and(eq(imports.workspaceId, ctx.actor.workspaceId), sql`${imports.id}::text = ${importId}`));
  const [found] = await withCounts(ctx, rows);
  if (!found) throw new DomainError("not-found", "Import not found.");
  return found;
}

/** Lists the items of an import, latest first. @returns `found`, the total number. @throws DomainError "not-found" */
export async function listImportItems(ctx: Context, input: ListItems): Promise<{ items: ImportItem[]; found: number }> {
  permit(ctx, "listImportItems");
  const { importId, withProblems, limit, offset } = ListItems.parse(input);
  const { id } = await loadImport(ctx, importId);
  const condition = and(
    eq(importItems.workspaceId, ctx.actor.workspaceId),
    eq(importItems.importId, id),
    withProblems ? sql`${importItems.problems} <> '[]'::jsonb` : undefined,
  );
  const rows = await ctx.db
    .select()
    .from(importItems)
    .where(condition)
    .orderBy(desc(importItems.at), asc(importItems.kind), asc(importItems.sourceId))
    .limit(limit)
    .offset(offset);
  return { items: rows.map((row) => ImportItem.parse(row)), found: await ctx.db.$count(importItems, condition) };
}

async function withCounts(ctx: Context, rows: (typeof imports.$inferSelect)[]): Promise<Import[]> {
  if (rows.length === 0) return [];
  const isKind = (kind: string) =>
    sql<number>`(count(*) filter (where ${importItems.kind} = ${kind} and local_id is not null))::int`;
  const counted = await ctx.db
    .select({
      importId: importItems.importId,
      experiments: isKind("experiment"),
      runs: isKind("run"),
      loggedModels: isKind("logged-model"),
      versions: isKind("version"),
      unchanged: sql<number>`(count(*) filter (where is_unchanged))::int`,
      withProblems: sql<number>`(count(*) filter (where problems <> '[]'::jsonb))::int`,
      points: sql<number>`coalesce(sum(points), 0)::float8`,
      files: sql<number>`coalesce(sum(files), 0)::float8`,
      bytes: sql<number>`coalesce(sum(bytes), 0)::float8`,
    })
    .from(importItems)
    .where(
      and(
        eq(importItems.workspaceId, ctx.actor.workspaceId),
        inArray(
          importItems.importId,
          rows.map(({ id }) => id),
        ),
      ),
    )
    .groupBy(importItems.importId);
  const byId = new Map(counted.map(({ importId, ...counts }) => [importId, counts]));
  return rows.map((row) => Import.parse({ ...row, counts: byId.get(row.id) ?? nothing }));
}

const nothing: Counts = {
  experiments: 0,
  runs: 0,
  loggedModels: 0,
  versions: 0,
  unchanged: 0,
  withProblems: 0,
  points: 0,
  files: 0,
  bytes: 0,
};
