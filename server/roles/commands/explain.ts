import { isDatabaseUnavailable } from "#db/connection-errors.ts";
import { isDiskFull } from "#db/disk-full.ts";
import { StartError } from "#db/start-error.ts";

const lockNotAvailable = "55P03";
const insufficientPrivilege = "42501";

/** Adds what to do to an error that the operator can resolve; returns any other error unchanged. */
export function explain(error: unknown): unknown {
  if (error instanceof StartError) return error;
  const message = messageFor(error);
  return message === undefined ? error : new StartError(message, { cause: error });
}

function messageFor(error: unknown): string | undefined {
  if (isDiskFull(error)) return `The disk is full: ${reasonOf(error)}. Free up space and start again.`;
  if (isDatabaseUnavailable(error)) return `The database became unavailable: ${reasonOf(error)}. Start again.`;
  if (codesOf(error).includes(lockNotAvailable)) {
    return "A table is locked, probably by a migration. Start again when the upgrade is complete.";
  }
  if (codesOf(error).includes(insufficientPrivilege)) {
    return `The database user lacks a privilege: ${reasonOf(error)}. Use the user that Leeway runs with.`;
  }
  return undefined;
}

/** The message of the innermost error, which is that of Postgres or the file system. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error
    ? reasonOf(error.cause)
    : String((error as Error).message);
}

function codesOf(error: unknown): unknown[] {
  return error instanceof Error ? [(error as { code?: unknown }).code, ...codesOf(error.cause)] : [];
}
