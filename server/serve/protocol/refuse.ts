import { DomainError } from "#server/base/errors.ts";

/** Refuses a request: status 400 on the wire. */
export function refuse(message: string): never {
  throw new DomainError("invalid", message);
}
