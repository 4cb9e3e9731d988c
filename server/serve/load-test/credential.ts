import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { tokenMark } from "#server/platform/identity/tokens/secret.ts";
import { getOrCreateSystemValue } from "#server/platform/system-values.ts";

/** How the credential of a load test begins. */
export const loadTestMark = `${tokenMark}loadtest.`;

/** What the sender of a load test may do: ask for one version through one endpoint, for some time. */
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
 * A bearer token that proves a claim to every gateway of the installation. It is signed (HMAC-SHA-256, RFC 2104) and stored
 * nowhere: whoever runs the test makes it, and it ends by itself.
 */
export function signLoadTest(claim: LoadTestClaim, key: string): string {
  const payload = Buffer.from(JSON.stringify(claim)).toString("base64url");
  return `${loadTestMark}${payload}.${signatureOf(payload, key)}`;
}

/** The claim of a credential; undefined when it is not ours, or over. */
export function readLoadTest(secret: string, key: string, now: number): LoadTestClaim | undefined {
  const [payload = "", signature = ""] = secret.slice(loadTestMark.length).split(".");
  const [receivedSignature, right] = [Buffer.from(signature), Buffer.from(signatureOf(payload, key))];
  if (receivedSignature.length !== right.length || !timingSafeEqual(receivedSignature, right)) return undefined;
  const claim = Claim.parse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
  return claim.expiresAt > now ? claim : undefined;
}

/** The key that signs credentials: made up when it is first needed, the same for every process of the installation. */
export function loadTestKey(db: Database): Promise<string> {
  return getOrCreateSystemValue(db, "load-test-key", z.string(), () => randomBytes(32).toString("base64url"));
}

function signatureOf(payload: string, key: string): string {
  return createHmac("sha256", key).update(payload).digest("base64url");
}
