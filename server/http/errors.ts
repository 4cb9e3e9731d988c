import { ZodError } from "zod";
import { DomainError, type ErrorCode } from "#server/base/errors.ts";
import { storageRefusal } from "#server/base/storage-refusal.ts";

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
 * Converts a handler's error to the error that the caller may see: a DomainError unchanged; zod's issues, Fastify's
 * own rejections of a request and an unavailable database in the same shape. Undefined means a bug, whose details the caller does not see.
 */
export function asDomainError(error: unknown): DomainError | undefined {
  if (error instanceof DomainError) return error;
  if (error instanceof ZodError) return new DomainError("invalid", issuesOf(error), { cause: error });
  const refusal = storageRefusal(error);
  if (refusal) return refusal;
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  if (typeof status !== "number" || status < 400 || status >= 500) return undefined;
  return new DomainError(codeOf(status), (error as Error).message, { cause: error });
}

/** Formats Zod's issues on one line: "name: Too small; tags.0: Invalid input". */
function issuesOf(error: ZodError): string {
  return error.issues
    .map((issue) => (issue.path.length > 0 ? `${issue.path.join(".")}: ${issue.message}` : issue.message))
    .join("; ");
}

function codeOf(status: number): ErrorCode {
  const codes = Object.keys(statusOf) as ErrorCode[];
  return codes.find((code) => statusOf[code] === status) ?? "invalid";
}
