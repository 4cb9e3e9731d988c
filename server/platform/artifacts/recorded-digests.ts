import { and, eq, isNotNull, sql } from "drizzle-orm";
import { artifactFiles } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** Returns the recorded SHA-256 of a file and of the other files in its folder, by relative path, as far as they are known. */
export async function recordedBeside(ctx: Context, key: string): Promise<Map<string, string>> {
  const folder = key.slice(0, key.lastIndexOf("/") + 1);
  const bytes = sql`${artifactFiles.key} collate "C"`;
  const rows = await ctx.db
    .select({ key: artifactFiles.key, sha256: artifactFiles.sha256 })
    .from(artifactFiles)
    .where(
      and(
        eq(artifactFiles.workspaceId, ctx.actor.workspaceId),
        // "0" follows "/" in byte order: the range contains exactly the folder's contents.
        sql`${bytes} >= ${folder} and ${bytes} < ${`${folder.slice(0, -1)}0`}`,
        isNotNull(artifactFiles.sha256),
      ),
    )
    .limit(10_000);
  return new Map(rows.map((row) => [row.key.slice(folder.length), row.sha256 as string]));
}
