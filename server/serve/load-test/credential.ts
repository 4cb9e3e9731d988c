import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { tokenMark } from "#server/platform/identity/tokens/secret.ts";
import { getOrCreateSystemSecret } from "#server/platform/system-values.ts";

/** Prefix of a load test's credential. */
export const loadTestMark = `${tokenMark}loadtest.`;

/** Permission of a load test's sender: to request one version through one endpoint, for a limited time. */
const Claim = z.object({
  loadTestId: z.uuid(),
  workspaceId: z.uuid(),
  endpoint: z.string(),
  versionId: z.uuid(),
  /** Milliseconds since 1970. */
  expiresAt: z.number(),
});
export type LoadTestClaim = z.infer<typeof Claim>;

/**
 * Creates a bearer token that proves a claim to every gateway of the installation. It is signed (HMAC-SHA-256, RFC 2104) and stored
 * nowhere: the process that runs the test creates it, and it expires automatically.
 */
export function signLoadTest(claim: LoadTestClaim, key: string): string {
  const payload = Buffer.from(JSON.stringify(claim)).toString("base64url");
  return `${loadTestMark}${payload}.${signatureOf(payload, key)}`;
}

/** Reads the claim of a credential; undefined when it was not issued by Leeway, or has expired. */
export function readLoadTest(secret: string, key: string, now: number): LoadTestClaim | undefined {
  const [payload = "", signature = ""] = secret.slice(loadTestMark.length).split(".");
  const [receivedSignature, right] = [Buffer.from(signature), Buffer.from(signatureOf(payload, key))];
  if (receivedSignature.length !== right.length || !timingSafeEqual(receivedSignature, right)) return undefined;
  const claim = Claim.parse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
  return claim.expiresAt > now ? claim : undefined;
}

/** Returns the key that signs credentials: generated when first needed, the same for every process of the installation. */
export function loadTestKey(db: Database): Promise<string> {
  return getOrCreateSystemSecret(db, "load-test-key", z.string(), () => randomBytes(32).toString("base64url"));
}

function signatureOf(payload: string, key: string): string {
  return createHmac("sha256", key).update(payload).digest("base64url");
}
