interface Mark {
  at: Date;
  until: Date | null;
  revokedAt: Date | null;
}

/**
 * Whether a mark holds at a moment: it was made, is not over and was not taken back. Without an end it holds until a reference came
 * into force after it.
 * @param referenceAt when the reference in force came; null where there is none
 */
export function isInForce({ at, until, revokedAt }: Mark, now: Date, referenceAt: Date | null): boolean {
  if (at > now || (revokedAt !== null && revokedAt <= now)) return false;
  return until === null ? referenceAt === null || referenceAt <= at : until > now;
}
