"use client";

import { useQuery } from "@tanstack/react-query";
import { readJson } from "#components/ui/wire.ts";
import type { RunFinding } from "#server/develop/tracking/health/contract.ts";

/** What is and was wrong with a run, worst first, read again whenever it changed. `initial` came with the page. */
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
