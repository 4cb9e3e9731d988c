import type { Database } from "#db/client.ts";
import { activeKeyIds, createDataKey, retireDataKey } from "./data-keys.ts";
import { masterKey } from "./key-ring.ts";
import { type Reencrypted, reencrypt } from "./reencrypt.ts";
import { refuseDuringMasterRotation } from "./rotate-master-key.ts";

/**
 * Replaces the data key: creates a new one, encrypts every stored secret again, and retires the others. Running roles read both meanwhile. An
 * interrupted rotation leaves two active keys; the next one continues with the newer.
 * @returns also how many keys were retired: none while there are values that cannot be decrypted
 */
export async function rotateDataKey(db: Database): Promise<Reencrypted & { keyId: string; retired: number }> {
  await refuseDuringMasterRotation(db);
  const active = await activeKeyIds(db);
  const keyId = active.length > 1 ? (active[0] as string) : await createDataKey(db, masterKey());
  const { count, failed } = await reencrypt(db, keyId);
  if (failed.length > 0) return { keyId, count, failed, retired: 0 };
  const old = (await activeKeyIds(db)).filter((id) => id !== keyId);
  for (const id of old) await retireDataKey(db, id);
  // What transactions encrypted with an old key until it was retired.
  const late = await reencrypt(db, keyId);
  return { keyId, count: count + late.count, failed: late.failed, retired: old.length };
}
