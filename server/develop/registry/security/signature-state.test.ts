import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { expect, test } from "vitest";
import type { TrustedKey } from "./contract.ts";
import { isSignedBy, readPublicKey, readSignature } from "./public-key.ts";
import { signatureStateOf } from "./signature-state.ts";

const sha256 = createHash("sha256").update("a model").digest("hex");
const pair = generateKeyPairSync("ed25519");
const pem = pair.publicKey.export({ type: "spki", format: "pem" }).toString();
const raw = readPublicKey(pem);
const signature = sign(null, Buffer.from(sha256), pair.privateKey).toString("base64");
const stored = { signature, addedBy: "Priya", addedAt: new Date(0) };
const key = (more: Partial<TrustedKey> = {}): TrustedKey => ({
  id: "5f0c64b6-9a0a-4c39-8a6c-7c9e5b1f2d11",
  name: "pipeline",
  publicKey: raw,
  addedBy: "x",
  addedAt: new Date(0),
  revokedBy: null,
  revokedAt: null,
  ...more,
});
const otherKey = Buffer.alloc(32, 3).toString("base64");

test("accepts a public key as PEM, DER or raw bytes, and nothing else", () => {
  const der = pair.publicKey.export({ type: "spki", format: "der" }).toString("base64");
  expect(readPublicKey(der)).toBe(raw);
  expect(readPublicKey(raw)).toBe(raw);
  expect(Buffer.from(raw, "base64")).toHaveLength(32);
  const secret = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  expect(() => readPublicKey(secret)).toThrow("This is a private key");
  const rsa = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ type: "spki", format: "pem" });
  for (const text of [rsa.toString(), "hello", "", "ssh-ed25519 AAAA"])
    expect(() => readPublicKey(text)).toThrow("not an Ed25519");
  expect(() => readSignature("c2hvcnQ=")).toThrow("64 bytes");
});

// RFC 8032, section 7.1, test 3: the key and the signature of the bytes "af82".
test("verifies Ed25519 signatures", () => {
  const publicKey = Buffer.from("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "hex");
  const known = Buffer.from(
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    "hex",
  );
  // The digest is signed as text, so this one of other bytes must not pass.
  expect(isSignedBy(publicKey.toString("base64"), "af82", known.toString("base64"))).toBe(false);
  expect(isSignedBy(raw, sha256, signature)).toBe(true);
  expect(isSignedBy(raw, sha256.toUpperCase(), signature)).toBe(false);
  expect(isSignedBy(otherKey, sha256, signature)).toBe(false);
});

test("derives the state of a signature from the current keys", () => {
  expect(signatureStateOf(undefined, sha256, [key()])).toMatchObject({ state: "unsigned", signature: null });
  expect(signatureStateOf(stored, null, [key()])).toMatchObject({ state: "unchecked", addedBy: "Priya" });
  expect(signatureStateOf(stored, sha256, [key()])).toMatchObject({ state: "trusted", keyName: "pipeline" });
  expect(signatureStateOf(stored, sha256, [])).toMatchObject({ state: "unknown", keyName: null });
  expect(signatureStateOf(stored, "0".repeat(64), [key()])).toMatchObject({ state: "unknown" });
  const revoked = key({ revokedAt: new Date(1), revokedBy: "Ada" });
  expect(signatureStateOf(stored, sha256, [key({ publicKey: otherKey }), revoked])).toMatchObject({ state: "revoked" });
});
