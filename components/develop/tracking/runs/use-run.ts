"use client";

import { useQuery } from "#components/ui/queries.ts";
import { readJson } from "#components/ui/wire.ts";
import type { Run } from "#server/develop/tracking/runs/contract.ts";

/** Reads a run, again whenever it changes. `initial` came with the page. */
export function useRun(initial: Run) {
  return useQuery({
    queryKey: ["run", initial.id],
    queryFn: () => readJson<Run>(`/api/v1/runs/${initial.id}`),
    initialData: initial,
    // Events since the page was rendered have been missed.
    refetchOnMount: "always",
  });
}
