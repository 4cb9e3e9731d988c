import { DomainError } from "#server/base/errors.ts";

/** Why work failed, for the page of recurring work. What is not meant for people stays in the log. */
export function problemOf(cause: unknown): string {
  return cause instanceof DomainError ? cause.message : "Internal error; see the worker log.";
}
