import type { SkewCounts } from "#server/watch/features/skew/contract.ts";

/** Fewer compared values say little: one of ten is no share. As many as alerts need. */
const minCompared = 50;

/** Returns the share of served values that were corrected afterwards; null where too few were compared. */
export function correctedShareOf(counts: Pick<SkewCounts, "compared" | "causes"> | undefined): number | null {
  if (!counts || counts.compared < minCompared) return null;
  return (counts.causes.find(({ cause }) => cause === "corrected")?.count ?? 0) / counts.compared;
}
