import { randomUUID } from "node:crypto";
import type { Database } from "#db/client.ts";
import { workspaces } from "#db/schema/index.ts";
import { systemContext, transact } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { deleteLeases, holdLease, isAnyLeased, releaseLease } from "../heartbeats/lease.ts";
import { lockToRefer } from "./reference-lock.ts";

/** Begins the names of the leases, of which each backup has its own. */
export const holdPrefix = "artifact-hold:";
const holder = "backup";
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
  const name = holdPrefix + randomUUID();
  const renew = () => holdLease(db, name, holder, leaseSeconds);
  // Of backups that were killed.
  await deleteLeases(db, holdPrefix, { isOver: true });
  await renew();
  const renewal = setInterval(() => {
    renew().catch((cause: unknown) => log.warn("artifact_hold.not_renewed", { cause: String(cause) }));
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
      await releaseLease(db, name, holder);
    },
  };
}

/** Whether a backup copies files at the moment. The caller holds the collector's lock. */
export function areArtifactsHeld(db: Database): Promise<boolean> {
  return isAnyLeased(db, holdPrefix);
}
