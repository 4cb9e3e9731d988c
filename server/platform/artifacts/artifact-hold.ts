import { randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { systemValues, workspaces } from "#db/schema/index.ts";
import { systemContext, transact } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { lockToRefer } from "./reference-lock.ts";

export const holdPrefix = "artifact-hold:";
const leaseSeconds = 300;
const renewMs = 30_000;

export interface ArtifactHold {
  release(): Promise<void>;
}

/**
 * Holds the collector back: from the time this resolves until the release, it decides nothing and removes no file. What it decided before is
 * marked in the rows of artifact_releases. A process that dies releases its hold within minutes.
 */
export async function holdArtifacts(db: Database): Promise<ArtifactHold> {
  const key = holdPrefix + randomUUID();
  const write = async () => {
    const value = sql`jsonb_build_object('until', now() + make_interval(secs => ${leaseSeconds}))`;
    await db
      .insert(systemValues)
      .values({ key, value })
      .onConflictDoUpdate({ target: systemValues.key, set: { value } });
  };
  // Of backups that were killed.
  await db.delete(systemValues).where(sql`starts_with(key, ${holdPrefix}) and (value->>'until')::timestamptz < now()`);
  await write();
  const renewal = setInterval(() => {
    write().catch((cause: unknown) => log.warn("artifact_hold.not_renewed", { cause: String(cause) }));
  }, renewMs);
  try {
    // A collector that looked before the hold was there has its workspace's lock; a shared one waits for it, and for no uploads.
    const rows = await db.select({ id: workspaces.id }).from(workspaces);
    for (const { id } of rows) await transact(systemContext(db, id, "backup"), lockToRefer);
  } catch (error) {
    clearInterval(renewal);
    throw error;
  }
  return {
    release: async () => {
      clearInterval(renewal);
      await db.delete(systemValues).where(eq(systemValues.key, key));
    },
  };
}

/** Whether a backup copies files at the moment. The caller holds the collector's lock. */
export async function areArtifactsHeld(db: Database): Promise<boolean> {
  const { rows } = await db.execute(
    sql`select from system_values where starts_with(key, ${holdPrefix}) and (value->>'until')::timestamptz > now() limit 1`,
  );
  return rows.length > 0;
}
