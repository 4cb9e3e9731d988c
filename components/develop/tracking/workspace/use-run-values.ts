"use client";

import { keepPreviousData } from "@tanstack/react-query";
import { useQuery } from "#components/ui/queries.ts";
import { readJson } from "#components/ui/wire.ts";
import type { RunValues } from "#server/develop/tracking/compare/contract.ts";
import { curvesKey } from "./use-section-curves.ts";

interface ValuesQuestion {
  experimentId: number;
  runIds: readonly string[];
  /** "metrics.<key>", "params.<key>". */
  columns: readonly string[];
}

/** Reads values of the charted runs in some columns; again with the curves when a run logs. */
export function useRunValues({ experimentId, runIds, columns }: ValuesQuestion) {
  const query = new URLSearchParams({ runs: runIds.toSorted().join(","), columns: columns.join(",") });
  return useQuery({
    queryKey: [...curvesKey(experimentId), "values", query.toString()],
    queryFn: async () => (await readJson<{ runs: RunValues[] }>(`/api/v1/run-values?${query}`)).runs,
    enabled: runIds.length > 0 && columns.length > 0,
    placeholderData: keepPreviousData<RunValues[]>,
  });
}
