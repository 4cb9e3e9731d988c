import { ZodError } from "zod";
import { isDatabaseAway } from "#db/away.ts";
import { isDiskFull } from "#db/disk-full.ts";
import { DomainError, type ErrorCode } from "#server/errors.ts";
import { log } from "#server/log.ts";

/** HTTP status of each code, the same on every interface; the body differs by interface. */
export const statusOf: Record<ErrorCode, number> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "too-large": 413,
  "rate-limited": 429,
  unavailable: 503,
};

/**
 * Turns what a handler threw into the error that the caller may see: a DomainError as it is; zod's complaints, Fastify's
 * own refusals of a request and an absent database in the same shape. Undefined means a bug, which the caller only hears of as such.
 */
export function asDomainError(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error;
  if (error instanceof ZodError) return new DomainError("invalid", issuesOf(error), { cause: error });
  if (isDatabaseAway(error)) {
    const options = { cause: error, retryAfterSeconds: 2 };
    return new DomainError("unavailable", "The database cannot be reached just now. Try again in a moment.", options);
  }
  if (isDiskFull(error)) {
    log.error("disk.full", { cause: error });
    const options = { cause: error, retryAfterSeconds: 60 };
    return new DomainError("unavailable", "A disk of Leeway is full, and nothing was kept. Free some space.", options);
  }
  const unstorable = whatCannotBeStored(error);
  if (unstorable) return new DomainError("invalid", unstorable, { cause: error });
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  if (typeof status !== "number" || status < 400 || status >= 500) return undefined;
  return new DomainError(codeOf(status), (error as Error).message, { cause: error });
}

const noText = "Text must not hold NUL characters, nor halves of characters.";

/** Values that Postgres refuses, whichever argument they came in by: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const refusals: { code: string; speaksOf: RegExp; message: string }[] = [
  { code: "22021", speaksOf: /./, message: noText },
  { code: "22P05", speaksOf: /./, message: noText },
  { code: "22P02", speaksOf: / type json/, message: noText },
  { code: "22P02", speaksOf: / type (uuid|integer|bigint)/, message: "An id or a number is not written as one." },
  { code: "22003", speaksOf: / type (integer|bigint)/, message: "A number is too large." },
];

function whatCannotBeStored(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error && "code" in cause)) return undefined;
  return refusals.find(({ code, speaksOf }) => code === cause.code && speaksOf.test(cause.message))?.message;
}

/** Zod's issues in one line: "name: Too small; tags.0: Invalid input". */
function issuesOf(error: ZodError): string {
  return error.issues
    .map((issue) => (issue.path.length > 0 ? `${issue.path.join(".")}: ${issue.message}` : issue.message))
    .join("; ");
}

function codeOf(status: number): ErrorCode {
  const codes = Object.keys(statusOf) as ErrorCode[];
  return codes.find((code) => statusOf[code] === status) ?? "invalid";
}
