import { setTimeout as pause } from "node:timers/promises";
import { databaseError } from "./database-error.ts";
import { DomainError } from "./errors.ts";
import { log } from "./log.ts";

/** Postgres chose the transaction as the victim of a deadlock, or could not serialize it: nothing of it is stored, and it may run again. */
const conflictCodes = new Set(["40P01", "40001"]);

const maxAttempts = 6;
const firstDelayMs = 5;

/** Whether Postgres undid a transaction only because of another one at the same time. */
function isConflict(error: unknown): boolean {
  return conflictCodes.has(databaseError(error).code);
}

/**
 * Runs a complete transaction, and again if Postgres undid it because of another one. Delays are random, so that both do not meet again.
 * @param random from 0 to 1
 * @throws what `run` throws; DomainError "unavailable" when the last attempt conflicted too
 */
export async function retryConflicts<Result>(run: () => Promise<Result>, random = Math.random): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (cause) {
      if (!isConflict(cause)) throw cause;
      const { code, message } = databaseError(cause);
      if (attempt === maxAttempts) {
        throw new DomainError(
          "unavailable",
          "The data was changed by another request at the same time. Retry the request.",
          {
            cause,
            retryAfterSeconds: 1,
          },
        );
      }
      log.debug("transaction.conflicted", { attempt, code, reason: message });
      await pause(firstDelayMs * 2 ** attempt * random());
    }
  }
}
