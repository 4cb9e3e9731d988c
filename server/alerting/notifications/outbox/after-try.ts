import { backOff } from "#server/base/back-off.ts";
import type { Outcome } from "../channels/outcome.ts";

/** Seconds: a page is tried again within a minute for as long as it waits; a ticket may wait for ten. */
const waits = { page: { first: 5, longest: 60 }, other: { first: 10, longest: 600 } };
/** Maximum Retry-After that is honoured, in seconds. */
const maxRetryAfterSeconds = 3600;

interface Try {
  outcome: Outcome;
  /** Number of attempts, including this one. */
  attempts: number;
  severity: string;
  retryAfterSeconds?: number | undefined;
  expiresAt: Date;
  now: Date;
}

/**
 * Decides what follows an attempt: done, a dead letter, or the seconds until the next one. A message whose next attempt would be after
 * its expiry is dead.
 */
export function afterTry(of: Try): "delivered" | "dead" | { waitSeconds: number } {
  if (of.outcome === "delivered") return "delivered";
  if (of.outcome === "refused") return "dead";
  const own = backOff(of.attempts, of.severity === "page" ? waits.page : waits.other);
  const waitSeconds = Math.max(own, Math.min(of.retryAfterSeconds ?? 0, maxRetryAfterSeconds));
  return of.now.getTime() + waitSeconds * 1000 > of.expiresAt.getTime() ? "dead" : { waitSeconds };
}
