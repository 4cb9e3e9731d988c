import { DomainError } from "#server/base/errors.ts";

/** @throws DomainError "conflict" when someone has changed an incident since the caller read it */
export function refuseStale({ revision }: { revision: number }, seen: number | undefined): void {
  if (seen === undefined || seen === revision) return;
  throw new DomainError("conflict", "The incident was changed by someone else. Reload it before you continue.");
}
