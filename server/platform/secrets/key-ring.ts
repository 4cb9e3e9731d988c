import { eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { encryptionKeys } from "#db/schema/index.ts";
import { type MasterKey, unwrapDataKey } from "./master-key.ts";

/** Where the master key of a process comes from. */
export interface KeyOrigin {
  /** Name of the variable, for messages. */
  variable: string;
  /** Reads the key again; undefined if it cannot change while the process runs. */
  read: (() => Promise<MasterKey | undefined>) | undefined;
}

interface KeyRing {
  origin: KeyOrigin;
  master: MasterKey;
  /** Decrypted data keys by id. */
  dataKeys: Map<string, Buffer>;
  /** When the master key was last read again, by performance.now(). */
  readAt: number;
}

const rereadMs = 30_000;

// Next bundles a second copy of every module, so a module cannot hold what both sides share (see server/roles/runtime.ts).
const shared = globalThis as { leewayKeyRing?: KeyRing };

/** Gives this process the master key, before anything encrypts or decrypts. */
export function setMasterKey(master: MasterKey, origin: KeyOrigin): void {
  shared.leewayKeyRing = { origin, master, dataKeys: new Map(), readAt: Number.NEGATIVE_INFINITY };
}

/** Returns the master key of this process. */
export function masterKey(): MasterKey {
  return ring().master;
}

/**
 * Returns a data key, decrypted. If the master key was replaced while this process ran, it is read again.
 * @throws when there is no such key, or none that this process can decrypt
 */
export async function dataKeyOf(db: Database, keyId: string): Promise<Buffer> {
  const known = ring().dataKeys.get(keyId);
  if (known) return known;
  const rows = await db.select().from(encryptionKeys).where(eq(encryptionKeys.id, keyId));
  if (rows.length === 0) throw new Error(`The encryption key ${keyId} is not in the database.`);
  const find = () => rows.find(({ masterKeyId }) => masterKeyId === ring().master.id);
  const row = find() ?? ((await reread()) ? find() : undefined);
  if (!row) {
    throw new Error(
      `The encryption key ${keyId} needs another master key. Restart Leeway if ${ring().origin.variable} was changed.`,
    );
  }
  const dataKey = unwrapDataKey(ring().master, row.wrappedKey);
  ring().dataKeys.set(keyId, dataKey);
  return dataKey;
}

/** @returns whether the master key is another one now */
async function reread(): Promise<boolean> {
  const { origin, master, readAt } = ring();
  if (!origin.read || performance.now() - readAt < rereadMs) return false;
  ring().readAt = performance.now();
  const found = await origin.read();
  if (!found || found.id === master.id) return false;
  ring().master = found;
  return true;
}

function ring(): KeyRing {
  if (!shared.leewayKeyRing) throw new Error("No master key was set in this process.");
  return shared.leewayKeyRing;
}
