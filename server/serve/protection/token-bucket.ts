/** Tokens left at a moment. One request takes one. */
export interface Bucket {
  tokens: number;
  /** Milliseconds of any monotonic clock. */
  at: number;
}

export interface Rate {
  /** Tokens that come back per second. */
  perSecond: number;
  /** Maximum number of tokens. */
  burst: number;
}

/**
 * Takes one token. A new bucket is full.
 * @returns the bucket afterwards, and the seconds until there will be a token: 0 when one was taken.
 */
export function consumeToken(
  bucket: Bucket | undefined,
  rate: Rate,
  nowMs: number,
): { bucket: Bucket; waitSeconds: number } {
  const { tokens, at } = bucket ?? { tokens: rate.burst, at: nowMs };
  const filled = Math.min(rate.burst, tokens + (Math.max(0, nowMs - at) / 1000) * rate.perSecond);
  // Sums of fractions may miss a full token by a rounding error.
  if (filled >= 1 - 1e-9) return { bucket: { tokens: Math.max(0, filled - 1), at: nowMs }, waitSeconds: 0 };
  return { bucket: { tokens: filled, at: nowMs }, waitSeconds: (1 - filled) / rate.perSecond };
}
