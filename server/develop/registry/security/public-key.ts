import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { DomainError } from "#server/base/errors.ts";

/** DER prefix before the 32 bytes of an Ed25519 key (RFC 8410). */
const derHead = Buffer.from("302a300506032b6570032100", "hex");

/**
 * Returns the 32 bytes of an Ed25519 public key in base64.
 * @param text PEM, base64 of the DER form, or base64 of the bytes. @throws DomainError "invalid" with the actual kind of the text
 */
export function readPublicKey(text: string): string {
  if (/PRIVATE KEY/.test(text)) {
    throw new DomainError(
      "invalid",
      "This is a private key. Keep it secret, and paste the public key printed by openssl pkey -pubout.",
    );
  }
  const packed = text.replaceAll(/-----(BEGIN|END) PUBLIC KEY-----|\s/g, "");
  const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(packed) ? Buffer.from(packed, "base64") : Buffer.alloc(0);
  if (bytes.length === 32) return bytes.toString("base64");
  const isDer = bytes.length === 44 && bytes.subarray(0, 12).equals(derHead);
  if (isDer) return bytes.subarray(12).toString("base64");
  throw new DomainError(
    "invalid",
    "This is not an Ed25519 public key. Create one with openssl genpkey -algorithm ed25519, and paste the output of openssl pkey -pubout.",
  );
}

/** Returns the 64 bytes of a signature in base64, as stored. @throws DomainError "invalid" */
export function readSignature(text: string): string {
  const packed = text.replaceAll(/\s/g, "");
  const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(packed) ? Buffer.from(packed, "base64") : Buffer.alloc(0);
  if (bytes.length === 64) return bytes.toString("base64");
  throw new DomainError("invalid", "A signature must be the base64 encoding of 64 bytes (Ed25519).");
}

/**
 * Returns whether a key created a version's signature. The signed data are the 64 hexadecimal characters of its SHA-256, in lower
 * case, as ASCII, without a line feed.
 */
export function isSignedBy(publicKey: string, sha256: string, signature: string): boolean {
  return verify(null, Buffer.from(sha256, "ascii"), keyOf(publicKey), Buffer.from(signature, "base64"));
}

function keyOf(publicKey: string): KeyObject {
  return createPublicKey({
    key: Buffer.concat([derHead, Buffer.from(publicKey, "base64")]),
    format: "der",
    type: "spki",
  });
}
