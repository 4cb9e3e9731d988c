interface Mark {
  at: Date;
  until: Date | null;
  revokedAt: Date | null;
}

/**
 * Whether a mark is active at a moment: it exists, has not ended and was not revoked. Without an end it is active until a later reference
 * takes effect.
 * @param referenceAt when the active reference took effect; null when there is none
 */
export function isInForce({ at, until, revokedAt }: Mark, now: Date, referenceAt: Date | null): boolean {
  if (at > now || (revokedAt !== null && revokedAt <= now)) return false;
  return until === null ? referenceAt === null || referenceAt <= at : until > now;
}
