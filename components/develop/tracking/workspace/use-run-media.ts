"use client";

import { useQueries } from "#components/ui/queries.ts";
import { readJson } from "#components/ui/wire.ts";
import type { RunFiles } from "#server/develop/tracking/compare/contract.ts";
import { curvesKey } from "./use-section-curves.ts";

/** Files by run; a run whose files have not been read yet has none. */
export interface RunMedia {
  paths: ReadonlyMap<string, string[]>;
  isPending: boolean;
  error: Error | null;
}

/** Reads the paths of the files of some runs; again with the curves when a run logs. */
export function useRunMedia(experimentId: number, runIds: readonly string[]): RunMedia {
  return useQueries({
    queries: runIds.map((id) => ({
      queryKey: [...curvesKey(experimentId), "files", id],
      queryFn: async () => ({ id, ...(await readJson<RunFiles>(`/api/v1/runs/${id}/files`)) }),
    })),
    combine: (results) => ({
      paths: new Map(
        results.flatMap(({ data }) => (data ? [[data.id, data.files.map(({ path }) => path)] as const] : [])),
      ),
      isPending: results.some(({ isPending }) => isPending),
      error: results.find(({ error }) => error)?.error ?? null,
    }),
  });
}
