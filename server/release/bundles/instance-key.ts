import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { eq } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { systemValues } from "#db/schema/index.ts";
import type { BundleKey } from "./contract.ts";

const key = "bundle-key";
const Stored = z.object({ privateKey: z.string(), createdAt: z.iso.datetime() });

export interface InstanceKey {
  privateKey: KeyObject;
  public: BundleKey;
}

/**
 * The key that seals bundles: made up when it is first asked for, and kept in the database beside the secret of the sessions, so
 * that every copy of the web role seals by the same.
 */
export async function instanceKey(db: Database): Promise<InstanceKey> {
  return (await find(db)) ?? (await make(db));
}

async function find(db: Database): Promise<InstanceKey | undefined> {
  const [row] = await db.select().from(systemValues).where(eq(systemValues.key, key));
  if (!row) return undefined;
  const stored = Stored.parse(row.value);
  const privateKey = createPrivateKey({
    key: Buffer.from(stored.privateKey, "base64"),
    format: "der",
    type: "pkcs8",
  });
  return { privateKey, public: publicHalf(privateKey, new Date(stored.createdAt)) };
}

async function make(db: Database): Promise<InstanceKey> {
  const { privateKey } = generateKeyPairSync("ed25519");
  const value: z.infer<typeof Stored> = {
    privateKey: privateKey.export({ type: "pkcs8", format: "der" }).toString("base64"),
    createdAt: new Date().toISOString(),
  };
  // Another copy of the role may have been first: its key is the one.
  await db.insert(systemValues).values({ key, value }).onConflictDoNothing();
  const kept = await find(db);
  if (!kept) throw new Error("The key that seals bundles was not kept.");
  return kept;
}

function publicHalf(privateKey: KeyObject, createdAt: Date): BundleKey {
  const publicKey = createPublicKey(privateKey);
  const der = publicKey.export({ type: "spki", format: "der" });
  return {
    algorithm: "Ed25519",
    fingerprint: createHash("sha256").update(der).digest("hex"),
    publicKey: der.subarray(-32).toString("base64"),
    pem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    createdAt,
  };
}
