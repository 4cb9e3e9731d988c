import { isDatabaseUnavailable } from "#db/connection-errors.ts";
import { isDiskFull } from "#db/disk-full.ts";
import { DomainError } from "./errors.ts";
import { log } from "./log.ts";

/**
 * Returns the error to report when Postgres or a disk could not store or return something: the database is unavailable, a disk is full,
 * a value cannot be stored. Undefined for any other error.
 */
export function storageRefusal(error: unknown): DomainError | undefined {
  if (isDatabaseUnavailable(error)) {
    const options = { cause: error, retryAfterSeconds: 2 };
    return new DomainError("unavailable", "The database is currently unavailable. Try again in a moment.", options);
  }
  if (isDiskFull(error)) {
    log.error("disk.full", { cause: error });
    const options = { cause: error, retryAfterSeconds: 60 };
    return new DomainError("unavailable", "A Leeway disk is full, and nothing was saved. Free up space.", options);
  }
  const unstorable = whatCannotBeStored(error);
  return unstorable === undefined ? undefined : new DomainError("invalid", unstorable, { cause: error });
}

const noText = "Text cannot contain NUL characters or lone surrogates.";

/** Values that Postgres rejects, in whichever argument they arrive: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const refusals: { code: string; speaksOf: RegExp; message: string }[] = [
  { code: "22021", speaksOf: /./, message: noText },
  { code: "22P05", speaksOf: /./, message: noText },
  { code: "22P02", speaksOf: / type json/, message: noText },
  { code: "22P02", speaksOf: / type (uuid|integer|bigint)/, message: "Invalid ID or number." },
  { code: "22003", speaksOf: / type (integer|bigint)/, message: "A number is too large." },
];

function whatCannotBeStored(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error && "code" in cause)) return undefined;
  return refusals.find(({ code, speaksOf }) => code === cause.code && speaksOf.test(cause.message))?.message;
}
