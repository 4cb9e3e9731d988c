import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { DomainError } from "#server/base/errors.ts";
import { getOrCreateSystemSecret } from "#server/platform/system-values.ts";
import { readLaunchId } from "../jobs/job-id.ts";

const LaunchKey = z.string().length(64);

/**
 * Computes the token that a launch fetches its package and starts attempts with. It can do nothing else, since engines show it to whoever may
 * read their jobs. It follows from a key of the installation, so that a submit that is repeated after a crash sends the same one.
 */
export async function launchTokenOf(db: Database, launchId: string): Promise<string> {
  return `lwl_${await macOf(db, launchId)}`;
}

/** Computes what only this installation can say of a text. */
export async function macOf(db: Database, text: string): Promise<string> {
  const key = await getOrCreateSystemSecret(db, "launch-key", LaunchKey, () => randomBytes(32).toString("hex"));
  return createHmac("sha256", Buffer.from(key, "hex")).update(text).digest("hex").slice(0, 40);
}

/** A caller that says which launch it is, by its token. */
export interface LaunchCaller {
  launchId: string;
  token: string;
}

/** Reads whose launch a token is. @throws DomainError "unauthenticated" for a wrong one */
export async function requireLaunch(db: Database, { launchId, token }: LaunchCaller) {
  const launch = readLaunchId(launchId);
  const [given, expected] = [Buffer.from(token), Buffer.from(await launchTokenOf(db, launchId))];
  if (launch && given.length === expected.length && timingSafeEqual(given, expected)) return launch;
  throw noLaunch();
}

export const noLaunch = () => new DomainError("unauthenticated", "Unknown launch, or invalid token.");
