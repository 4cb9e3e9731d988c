import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { getOrCreateSystemSecret } from "#server/platform/system-values.ts";
import type { BundleKey } from "./contract.ts";

const key = "bundle-key";
const Stored = z.object({ privateKey: z.string(), createdAt: z.iso.datetime() });

export interface InstanceKey {
  privateKey: KeyObject;
  public: BundleKey;
}

/**
 * Returns the key that seals bundles: generated when it is first requested, and stored in the database beside the session secret, so
 * that every replica of the web role seals with the same one.
 */
export async function instanceKey(db: Database): Promise<InstanceKey> {
  const stored = await getOrCreateSystemSecret(db, key, Stored, create);
  const privateKey = createPrivateKey({
    key: Buffer.from(stored.privateKey, "base64"),
    format: "der",
    type: "pkcs8",
  });
  return { privateKey, public: publicHalf(privateKey, new Date(stored.createdAt)) };
}

function create(): z.infer<typeof Stored> {
  const { privateKey } = generateKeyPairSync("ed25519");
  return {
    privateKey: privateKey.export({ type: "pkcs8", format: "der" }).toString("base64"),
    createdAt: new Date().toISOString(),
  };
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
