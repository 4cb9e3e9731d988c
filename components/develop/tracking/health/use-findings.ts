"use client";

import { useQuery } from "#components/ui/queries.ts";
import { readJson } from "#components/ui/wire.ts";
import type { RunFinding } from "#server/develop/tracking/health/contract.ts";

/** Returns current and past findings of a run, worst first, reloaded after each change. `initial` comes with the page. */
export function useFindings(runId: string, initial: RunFinding[]): RunFinding[] {
  const { data } = useQuery({
    queryKey: ["run", runId, "findings"],
    queryFn: async () => {
      const { findings } = await readJson<{ findings: RunFinding[] }>(`/api/v1/runs/${runId}/findings`);
      return findings;
    },
    initialData: initial,
    refetchOnMount: "always",
  });
  return data;
}
