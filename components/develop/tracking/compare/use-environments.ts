"use client";

import { useQueries } from "#components/ui/queries.ts";
import { readJson } from "#components/ui/wire.ts";
import type { RunEnvironment } from "#server/develop/tracking/compare/contract.ts";

/** Packages of runs, in their order; undefined while one is not read, or cannot be. Files beside a model do not change. */
export function useEnvironments(runIds: readonly string[]): (RunEnvironment | undefined)[] {
  return useQueries({
    queries: runIds.map((id) => ({
      // The key is not below that of the run, so logging by the run does not refetch it.
      queryKey: ["environment", id],
      queryFn: () => readJson<RunEnvironment>(`/api/v1/runs/${id}/environment`),
      staleTime: 60_000,
    })),
    combine: (results) => results.map(({ data }) => data),
  });
}
