import { and, eq, or, sql } from "drizzle-orm";
import { artifactFiles } from "#db/schema/index.ts";
import type { Context } from "#server/context.ts";

export interface StoredFile {
  sizeBytes: number;
  /** Hex; null when the bytes did not pass through Leeway. */
  sha256: string | null;
}

/** Writes down what was stored under a key, and by whom. A replaced file replaces its row. */
export async function recordFile(ctx: Context, key: string, { sizeBytes, sha256 }: StoredFile): Promise<void> {
  const { workspaceId, name: storedBy } = ctx.actor;
  await ctx.db
    .insert(artifactFiles)
    .values({ key, workspaceId, sizeBytes, sha256, storedBy })
    .onConflictDoUpdate({
      target: artifactFiles.key,
      set: { sizeBytes, sha256, storedBy, storedAt: sql`now()` },
    });
}

/** Forgets what was stored under a key, or in the folder of that name. */
export async function forgetFiles(ctx: Context, key: string): Promise<void> {
  const bytes = sql`${artifactFiles.key} collate "C"`;
  // "0" comes after "/": everything between is in the folder.
  const isInside = and(sql`${bytes} >= ${`${key}/`}`, sql`${bytes} < ${`${key}0`}`);
  await ctx.db.delete(artifactFiles).where(or(eq(artifactFiles.key, key), isInside));
}
