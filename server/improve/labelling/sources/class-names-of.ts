import { and, eq, inArray } from "drizzle-orm";
import { modelVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Returns the class names of versions in the order of their outputs; undefined for a version without them. */
export async function classNamesOf(
  ctx: Context,
  versionIds: readonly string[],
): Promise<Map<string, string[] | undefined>> {
  if (versionIds.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: modelVersions.id, signature: modelVersions.signature })
    .from(modelVersions)
    .where(and(eq(modelVersions.workspaceId, ctx.actor.workspaceId), inArray(modelVersions.id, [...versionIds])));
  return new Map(rows.map(({ id, signature }) => [id, signature?.labels ? [...signature.labels] : undefined]));
}
