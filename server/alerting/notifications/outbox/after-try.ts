import { backOff } from "#server/base/back-off.ts";
import type { Outcome } from "../channels/outcome.ts";

/** Seconds: a page is tried again within a minute for as long as it waits; a ticket may wait for ten. */
const waits = { page: { first: 5, longest: 60 }, other: { first: 10, longest: 600 } };
/** What another side may ask for at most. */
const maxRetryAfterSeconds = 3600;

interface Try {
  outcome: Outcome;
  /** Tries made, this one included. */
  attempts: number;
  severity: string;
  retryAfterSeconds?: number | undefined;
  expiresAt: Date;
  now: Date;
}

/** What follows a try: done, a dead letter, or how many seconds until the next one. A message that would be tried after it expires is dead. */
export function afterTry(of: Try): "delivered" | "dead" | { waitSeconds: number } {
  if (of.outcome === "delivered") return "delivered";
  if (of.outcome === "refused") return "dead";
  const own = backOff(of.attempts, of.severity === "page" ? waits.page : waits.other);
  const waitSeconds = Math.max(own, Math.min(of.retryAfterSeconds ?? 0, maxRetryAfterSeconds));
  return of.now.getTime() + waitSeconds * 1000 > of.expiresAt.getTime() ? "dead" : { waitSeconds };
}
