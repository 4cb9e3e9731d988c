import { DomainError } from "#server/base/errors.ts";
import { formatCount } from "#server/base/format-number.ts";
import type { Matched } from "./refresh-matching.ts";

/** Clients of Alertmanager's API, which knows no confirmation, give it as this annotation. */
export const confirmAnnotation = "leeway.internal/confirm";

/**
 * A silence that would mute more than half of what fires, in more than one group, needs the number that it mutes, typed by whoever sets it.
 * One that mutes a single group says what it is for by itself, also where nothing else fires.
 * @throws DomainError "conflict" with the number
 */
export function refuseTooWide(found: Matched, confirm: number | undefined): void {
  const { firing, matched } = found;
  if (!isTooWide(found) || confirm === matched) return;
  const message = `This silence would mute ${formatCount(matched)} of ${formatCount(firing)} firing alerts. Set "confirm" to ${matched} to proceed.`;
  throw new DomainError("conflict", message, { field: "confirm" });
}

/** Whether it needs that number. */
export function isTooWide({ firing, matched, groupIds }: Matched): boolean {
  return matched * 2 > firing && groupIds.length >= 2;
}
