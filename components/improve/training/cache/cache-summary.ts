import type { CachedResult } from "#server/improve/training/cache/contract.ts";

export interface CacheSummary {
  results: number;
  bytes: number;
  uses: number;
  savedSeconds: number;
  /** Oldest last use; null without results. */
  unusedSince: Date | null;
}

/** Sums up what results of preprocessing steps take and have saved; what is being made does not count. */
export function summariseCache(results: readonly CachedResult[]): CacheSummary {
  const done = results.filter(({ state }) => state === "done");
  const sum = (of: (result: CachedResult) => number) => done.reduce((total, each) => total + of(each), 0);
  const oldest = Math.min(...done.map(({ usedAt }) => usedAt.getTime()));
  return {
    results: done.length,
    bytes: sum(({ sizeBytes }) => sizeBytes),
    uses: sum(({ uses }) => uses),
    savedSeconds: sum(({ savedSeconds }) => savedSeconds),
    unusedSince: Number.isFinite(oldest) ? new Date(oldest) : null,
  };
}
