import { z } from "zod";
import type { Database } from "#db/client.ts";
import { readSystemValue, writeSystemValue } from "./system-values.ts";

const key = "restored";

const Restored = z.object({
  restoredAt: z.iso.datetime(),
  /** Moment of the backup. */
  createdAt: z.iso.datetime(),
  /** Whether the worker waits, because the original may still run. */
  isPaused: z.boolean(),
});
export type Restored = z.infer<typeof Restored>;

/** Reads from which backup this installation was restored; undefined if it was not. */
export function readRestored(db: Database): Promise<Restored | undefined> {
  return readSystemValue(db, key, Restored);
}

/** Records that this installation was restored, or that it is no longer paused. */
export function writeRestored(db: Database, restored: Restored): Promise<void> {
  return writeSystemValue(db, key, restored);
}
