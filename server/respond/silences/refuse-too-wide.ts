import { DomainError } from "#server/base/errors.ts";
import { formatCount } from "#server/base/format-number.ts";
import type { Matched } from "./refresh-matching.ts";

/** Annotation in which clients of Alertmanager's API, which has no confirmation, send the number to confirm. */
export const confirmAnnotation = "leeway.internal/confirm";

/**
 * Rejects a silence that would mute more than half of the firing alerts, in more than one group, unless its creator confirms their
 * number. One that mutes a single group is specific enough, even where nothing else fires.
 * @throws DomainError "conflict" with the number
 */
export function refuseTooWide(found: Matched, confirm: number | undefined): void {
  const { firing, matched } = found;
  if (!isTooWide(found) || confirm === matched) return;
  const message = `This silence would mute ${formatCount(matched)} of ${formatCount(firing)} firing alerts. Set "confirm" to ${matched} to proceed.`;
  throw new DomainError("conflict", message, { field: "confirm" });
}

/** Returns whether the confirmation is required. */
export function isTooWide({ firing, matched, groupIds }: Matched): boolean {
  return matched * 2 > firing && groupIds.length >= 2;
}
